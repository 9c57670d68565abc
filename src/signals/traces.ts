/** The traces configuration -> a tracer provider of the stock SDK whose spans leave through a pipeline of ours. */
import type { ReadableSpan, SpanLimits, SpanProcessor } from '@opentelemetry/sdk-trace';
import { ConsoleSpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Resource } from '@opentelemetry/resources';
import type { TracesConfig } from '../config/types.ts';
import type { Pipeline } from '../export/pipeline.ts';
import { guarded } from '../engine/guarded.ts';
import { createSampler } from './sampling.ts';
import { FLUSH_MS } from './signals.ts';

/** https://opentelemetry.io/docs/specs/otel/trace/api/#traceflags: only sampled spans are exported. */
const SAMPLED = 1;
export function createTracerProvider(
  config: TracesConfig,
  resource: Resource,
  pipeline: Pipeline<ReadableSpan> | undefined,
  added: readonly SpanProcessor[],
): TracerProvider {
  const spanProcessors: SpanProcessor[] = [processorForEach(added)];
  if (pipeline) spanProcessors.push(processorInto(pipeline));
  if (config.console) spanProcessors.push(new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() }));
  return new TracerProvider({
    resource,
    sampler: createSampler(config.sampler),
    // The SDK takes undefined for "no limit" only when the key is absent.
    spanLimits: Object.fromEntries(Object.entries(config.limits).filter(([, limit]) => limit !== undefined)) as SpanLimits,
    spanProcessors,
  });
}

function processorInto(pipeline: Pipeline<ReadableSpan>): SpanProcessor {
  return {
    onStart() {},
    onEnd(span) {
      if (span.spanContext().traceFlags & SAMPLED) pipeline.add(span);
    },
    async forceFlush() {
      await pipeline.flush(FLUSH_MS);
    },
    async shutdown() {},
  };
}

/** Those of the app, which may come when the provider is long made: each call goes to all there are by then. */
function processorForEach(added: readonly SpanProcessor[]): SpanProcessor {
  return {
    onStart: (span, parentContext) => added.forEach((processor) => guarded(() => processor.onStart(span, parentContext))),
    onEnding: (span) => added.forEach((processor) => guarded(() => processor.onEnding?.(span))),
    onEnd: (span) => added.forEach((processor) => guarded(() => processor.onEnd(span))),
    forceFlush: async () => void (await Promise.allSettled(added.map((processor) => processor.forceFlush()))),
    shutdown: async () => void (await Promise.allSettled(added.map((processor) => processor.shutdown()))),
  };
}
