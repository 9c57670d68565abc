/**
 * The catalogue and the configuration -> live instrumentations. Each comes to life when its target is first loaded, configured, with the quiet tracer
 * where it is an inner layer; its patches are then applied file by file.
 */
import { diag } from '@opentelemetry/api';
import type { MeterProvider, Tracer, TracerProvider } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { Config } from '../config/types.ts';
import type { ContextSwitch } from '../signals/context.ts';
import { quietTracerProvider } from '../signals/quiet-tracer.ts';
import { hasOwnHttpClient } from './http/client.ts';
import { catalogue } from './catalogue.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { loaders } from './loaders.ts';
import type { ModuleWatcher } from './module-hooks.ts';
import type { CreateOwnInstrumentation, OwnInstrumentation, OwnSetup } from './own-instrumentation.ts';
import { ownInstrumentations } from './own.ts';
import { logUncaught } from './uncaught-log.ts';

/** The part of InstrumentationBase that applies patches; upstream calls it from its own hooks. */
interface Patchable extends Instrumentation {
  getModuleDefinitions(): readonly { readonly name: string; readonly files: readonly { readonly name: string }[] }[];
  _onRequire(definition: unknown, exports: unknown, name: string, baseDir: string | undefined): unknown;
}

export interface InstrumentOptions {
  readonly config: Config['instrumentations'];
  readonly consoleLogs: boolean;
  readonly http: Config['http'];
  /** Undefined where the context manager is none that can change the active context. */
  readonly contexts: ContextSwitch | undefined;
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
  for (const entry of chosen) {
    // Both sides of HTTP listen to Node.js, and need its module not even to be loaded.
    if (entry.name === 'http' && hasOwnHttpClient()) continue;
    for (const target of entry.targets) waiting.set(target, [...(waiting.get(target) ?? []), entry]);
  }
  const wanted = new Set(waiting.keys());
  const patchables: Patchable[] = [];
  const owns = new Map<CreateOwnInstrumentation, OwnInstrumentation>();
  const active = new Set<string>();

  const names = new Set(chosen.map(({ name }) => name));
  const rpc = { present: false, routes: false };
  const setup: Omit<OwnSetup, 'options'> = {
    http: options.http,
    tracerProvider: options.tracerProvider,
    meterProvider: options.meterProvider,
    contexts: options.contexts,
    ownPort: options.ownPort,
    rpc,
    isChosen: (name) => names.has(name),
  };

  const bringOwn = ({ name }: CatalogueEntry): void => {
    const create = ownInstrumentations[name];
    if (create === undefined || owns.has(create)) return;
    const own = create({ ...setup, options: options.config.options[name] ?? {} });
    owns.set(create, own);
    own.start?.();
  };

  const bring = (entry: CatalogueEntry): void => {
    if (active.has(entry.name)) return;
    active.add(entry.name);
    bringOwn(entry);
    const load = loaders[entry.name];
    if (!load || (entry.spansOnly && !isVerbose(entry, options)) || (entry.name === 'http' && hasOwnHttpClient())) return;
    const Class = load();
    const instrumentation = new Class({
      ...entry.always,
      ...(!options.config.verbose && entry.quiet),
      ...options.config.options[entry.name],
      ...(entry.name === 'http' && { disableIncomingRequestInstrumentation: true }),
    }) as Patchable;
    instrumentation.setTracerProvider(tracerProviderFor(entry, options));
    instrumentation.setMeterProvider(options.meterProvider);
    patchables.push(instrumentation);
    rpc.routes ||= entry.name === 'connect';
    rpc.present ||= rpc.routes || entry.spansOnly;
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
      for (const own of owns.values()) result = own.patches[file]?.(result) ?? result;
      for (const instrumentation of patchables) {
        for (const definition of instrumentation.getModuleDefinitions()) {
          if (definition.name !== file && !definition.files.some(({ name }) => name === file)) continue;
          result = instrumentation._onRequire(definition, result, file, baseDir);
        }
      }
      return result;
    },
    activateUntargeted() {
      // It listens to Node.js and loads nothing, so that it need not wait for a module either.
      const http = chosen.find(({ name }) => name === 'http');
      if (http) bringOwn(http);
      // Not with the metrics of its instrumentation: an app may die before they start.
      if (names.has('runtime-node') && options.config.options['runtime-node']?.['captureUncaughtException'] === true) logUncaught();
      for (const entry of chosen.filter(({ targets }) => targets.length === 0)) {
        // What only measures from time to time can wait until the app's first code has run.
        if (entry.name === 'runtime-node' || entry.name === 'host-metrics') setImmediate(bring, entry).unref();
        else bring(entry);
      }
    },
  };
}

function isChosen(entry: CatalogueEntry, { config, consoleLogs, env }: InstrumentOptions): boolean {
  if (config.disabled.has(entry.name)) return false;
  if (!entry.needs.every((variable) => env[variable])) return false;
  if (entry.name === 'console') return consoleLogs || config.enabled?.has('console') === true;
  if (config.enabled) return config.enabled.has(entry.name);
  return entry.default === 'on' || (config.verbose && entry.default === 'off' && entry.name !== 'host-metrics');
}

/** A layer that is off by default and was named is wanted for its spans: it keeps them. */
function isVerbose(entry: CatalogueEntry, { config }: InstrumentOptions): boolean {
  return config.verbose || (entry.default === 'off' && config.enabled?.has(entry.name) === true);
}

function tracerProviderFor(entry: CatalogueEntry, options: InstrumentOptions): TracerProvider {
  const { tracerProvider } = options;
  if (isVerbose(entry, options)) return tracerProvider;
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
