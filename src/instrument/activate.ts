/**
 * The catalogue and the configuration -> live instrumentations. Each comes to life when its target is first loaded, configured, with the quiet tracer
 * where it is an inner layer; its patches are then applied file by file.
 */
import type { IncomingMessage } from 'node:http';
import { diag } from '@opentelemetry/api';
import type { MeterProvider, Tracer, TracerProvider } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { Config } from '../config/types.ts';
import { quietTracerProvider } from '../signals/quiet-tracer.ts';
import { hasOwnHttpClient, registerHttpClient, registerUndiciClient } from './http/client.ts';
import { catalogue } from './catalogue.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { loaders } from './loaders.ts';
import { logBridges } from './loggers/bridges.ts';
import type { LogBridge } from './loggers/bridges.ts';
import type { ModuleWatcher } from './module-hooks.ts';

/** The part of InstrumentationBase that applies patches; upstream calls it from its own hooks. */
interface Patchable extends Instrumentation {
  getModuleDefinitions(): readonly { readonly name: string; readonly files: readonly { readonly name: string }[] }[];
  _onRequire(definition: unknown, exports: unknown, name: string, baseDir: string | undefined): unknown;
}

export interface InstrumentOptions {
  readonly config: Config['instrumentations'];
  readonly http: Config['http'];
  readonly consoleLogs: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tracerProvider: TracerProvider;
  readonly meterProvider: MeterProvider;
  /** A port on which otelier itself serves metrics: requests to it are nobody's traffic. */
  readonly ownPort: number | undefined;
}

export interface Instruments extends ModuleWatcher {
  /** Brings those to life that wait for no module. */
  activateUntargeted(): void;
  /** Short names of what is alive. */
  readonly active: ReadonlySet<string>;
}

export function createInstruments(options: InstrumentOptions): Instruments {
  const chosen = catalogue.filter((entry) => isChosen(entry, options));
  const waiting = new Map<string, CatalogueEntry[]>();
  for (const entry of chosen) for (const target of entry.targets) waiting.set(target, [...(waiting.get(target) ?? []), entry]);
  const wanted = new Set(waiting.keys());
  const patchables: Patchable[] = [];
  const bridges: LogBridge[] = [];
  const active = new Set<string>();

  const bring = (entry: CatalogueEntry): void => {
    if (active.has(entry.name)) return;
    active.add(entry.name);
    const own = logBridges[entry.name];
    const userOptions = options.config.options[entry.name] ?? {};
    if (own) {
      bridges.push(own(userOptions));
      return;
    }
    if (entry.name === 'undici') registerUndiciClient(options, userOptions);
    const load = loaders[entry.name];
    if (!load) return;
    const Class = load();
    const unseen = entry.name === 'http' && options.ownPort !== undefined ? { ignoreIncomingRequestHook: isTo(options.ownPort) } : {};
    const instrumentation = new Class({
      ...entry.always,
      ...(!options.config.verbose && entry.quiet),
      ...userOptions,
      ...(entry.name === 'http' && hasOwnHttpClient() && { disableOutgoingRequestInstrumentation: true }),
      ...unseen,
    }) as Patchable;
    instrumentation.setTracerProvider(tracerProviderFor(entry, options));
    instrumentation.setMeterProvider(options.meterProvider);
    patchables.push(instrumentation);
    diag.debug(`instrumentation ${entry.name} is active`);
  };

  return {
    active,
    wants: (name) => wanted.has(name),
    activate(name) {
      const entries = waiting.get(name);
      if (!entries) return;
      waiting.delete(name);
      for (const entry of entries) bring(entry);
    },
    patch(_name, file, exports, baseDir) {
      let result = exports;
      for (const bridge of bridges) result = bridge.patches[file]?.(result) ?? result;
      for (const instrumentation of patchables) {
        for (const definition of instrumentation.getModuleDefinitions()) {
          if (definition.name !== file && !definition.files.some(({ name }) => name === file)) continue;
          result = instrumentation._onRequire(definition, result, file, baseDir);
        }
      }
      return result;
    },
    activateUntargeted() {
      // Waits for no module either: HTTP/2 clients need not load `http`.
      if (chosen.some(({ name }) => name === 'http')) registerHttpClient(options, options.config.options['http'] ?? {});
      for (const entry of chosen.filter(({ targets }) => targets.length === 0)) {
        // What only measures from time to time can wait until the app's first code has run.
        if (entry.name === 'runtime-node' || entry.name === 'host-metrics') setImmediate(bring, entry).unref();
        else bring(entry);
      }
    },
  };
}

function isTo(port: number): (request: IncomingMessage) => boolean {
  return ({ socket }) => socket.localPort === port;
}

function isChosen(entry: CatalogueEntry, { config, consoleLogs, env }: InstrumentOptions): boolean {
  if (config.disabled.has(entry.name)) return false;
  if (!entry.needs.every((variable) => env[variable])) return false;
  if (entry.name === 'console') return consoleLogs || config.enabled?.has('console') === true;
  if (config.enabled) return config.enabled.has(entry.name);
  return entry.default === 'on' || (config.verbose && entry.default === 'off' && entry.name !== 'host-metrics');
}

/** A layer that is off by default and was named is wanted for its spans: it keeps them. */
function tracerProviderFor(entry: CatalogueEntry, { config, tracerProvider }: InstrumentOptions): TracerProvider {
  if (config.verbose || (entry.default === 'off' && config.enabled?.has(entry.name))) return tracerProvider;
  if (entry.kind === 'layer') return quietTracerProvider;
  const { inner } = entry;
  return inner ? { getTracer: (...scope) => withoutInner(tracerProvider.getTracer(...scope), inner) } : tracerProvider;
}

function withoutInner(tracer: Tracer, inner: RegExp): Tracer {
  const quiet = quietTracerProvider.getTracer('');
  const choose = (name: string): Tracer => (inner.test(name) ? quiet : tracer);
  return {
    startSpan: (name, ...rest) => choose(name).startSpan(name, ...rest),
    startActiveSpan: ((name: string, ...rest: [never]) => choose(name).startActiveSpan(name, ...rest)) as Tracer['startActiveSpan'],
  };
}
