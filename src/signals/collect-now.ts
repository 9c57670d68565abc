/**
 * Collects metrics without waiting: inside the `exit` event no promise resolves any more, and the SDK's own collection is made of promises.
 * Reaches into parts of @opentelemetry/sdk-metrics that are not public; its version is exactly pinned and test/bootstrap/exit.test.ts tells
 * when they have moved.
 */
import type { Attributes, HrTime } from '@opentelemetry/api';
import type { MeterProvider, MetricData, ResourceMetrics, ScopeMetrics } from '@opentelemetry/sdk-metrics';
import { NO_NEWS } from '../engine/metrics/no-news.ts';

interface Storage {
  getInstrumentDescriptor(): { readonly name: string; readonly type: string };
  collect(collector: unknown, time: HrTime): MetricData | undefined;
  readonly _deltaMetricStorage: { readonly _activeCollectionStorage: { readonly size: number } };
}

interface AsyncStorage {
  record(measurements: { entries(): Iterable<readonly [Attributes, number]> }, time: HrTime): void;
}

interface MeterState {
  readonly _instrumentationScope: ScopeMetrics['scope'];
  readonly metricStorageRegistry: { getStorages(collector: unknown): readonly Storage[] };
  readonly observableRegistry: {
    readonly _callbacks: readonly {
      readonly callback: (result: { observe(value: number, attributes?: Attributes): void }) => unknown;
      readonly instrument: { readonly _metricStorages: readonly AsyncStorage[] };
    }[];
  };
}

interface ProviderState {
  readonly resource: ResourceMetrics['resource'];
  readonly metricCollectors: readonly unknown[];
  readonly meterSharedStates: ReadonlyMap<string, MeterState>;
}

const stateOf = (provider: MeterProvider): ProviderState => (provider as unknown as { _sharedState: ProviderState })._sharedState;

/** What the first reader of the provider is due. Left out: batch callbacks, and what a callback observes only after waiting for something. */
export function collectNow(provider: MeterProvider): ResourceMetrics {
  const { resource, metricCollectors, meterSharedStates } = stateOf(provider);
  const [collector] = metricCollectors;
  const now = Date.now();
  const time: HrTime = [Math.trunc(now / 1000), (now % 1000) * 1e6];
  const scopeMetrics = [...meterSharedStates.values()].map((meter) => {
    observe(meter, time);
    const collected = meter.metricStorageRegistry.getStorages(collector).map((storage) => storage.collect(collector, time));
    return { scope: meter._instrumentationScope, metrics: collected.filter((metric) => metric !== undefined) };
  });
  return { resource, scopeMetrics: scopeMetrics.filter(({ metrics }) => metrics.length > 0) };
}

function observe({ observableRegistry }: MeterState, time: HrTime): void {
  for (const { callback, instrument } of observableRegistry._callbacks) {
    const measurements: [Attributes, number][] = [];
    try {
      const later = callback({ observe: (value, attributes = {}) => void measurements.push([attributes, value]) });
      if (later instanceof Promise) later.catch(() => {});
    } catch {
      // The callback is the app's, or an instrumentation's: without its figures, then.
    }
    for (const storage of instrument._metricStorages) storage.record({ entries: () => measurements }, time);
  }
}

/** Has anything been measured since the last collection? Not asked of what is only observed, and some of what is measured is no news. */
export function hasNews(provider: MeterProvider): boolean {
  const { metricCollectors, meterSharedStates } = stateOf(provider);
  return [...meterSharedStates.values()].some(({ metricStorageRegistry }) =>
    metricStorageRegistry.getStorages(metricCollectors[0]).some((storage) => {
      const { type, name } = storage.getInstrumentDescriptor();
      return !type.startsWith('OBSERVABLE') && !NO_NEWS.has(name) && storage._deltaMetricStorage._activeCollectionStorage.size > 0;
    }),
  );
}
