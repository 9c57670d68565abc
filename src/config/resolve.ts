/** The environment -> the whole configuration and what is wrong with it. The one entrance of this room. */
import { createFrozenSet, deepFreeze } from './freeze.ts';
import { resolveInstrumentations } from './instrumentation-options.ts';
import { resolveOtlpTarget } from './otlp-target.ts';
import { createFileReader, type FileReader } from './read-file.ts';
import { checkVariableNames, createReader, type Reader } from './read.ts';
import type {
  BatchSettings,
  Config,
  DetectorName,
  Env,
  InstrumentationTable,
  LogsConfig,
  MetricsConfig,
  PropagatorName,
  ResolvedConfig,
  TracesConfig,
} from './types.ts';
import { CLOUD_DETECTORS, KNOWN_METHODS, LOCAL_DETECTORS } from './variables.ts';

export interface ConfigSources {
  /** Gives the text of a file, or throws. */
  readonly readFile: (path: string) => string;
  /** The instrumentations that exist, and their options. */
  readonly instrumentations: InstrumentationTable;
}

/**
 * Never throws: what is wrong becomes a Problem, and the default holds in its place. The result is frozen all the way down.
 * Reads no file but those that the environment names.
 */
export function resolveConfig(env: Env, sources: ConfigSources): ResolvedConfig {
  const read = createReader(env);
  const readFile = createFileReader(sources.readFile);
  checkVariableNames(read);
  const attributes = read.pairs('OTEL_RESOURCE_ATTRIBUTES');
  const config: Config = {
    disabled: read.boolean('OTEL_SDK_DISABLED'),
    logLevel: read.choice('OTEL_LOG_LEVEL'),
    engine: read.choice('OTELIER_ENGINE'),
    configFile: read.text('OTEL_CONFIG_FILE'),
    resource: {
      // An empty one comes of a variable that was not there when the list was put together, and names nobody.
      serviceName:
        read.text('OTEL_SERVICE_NAME') ?? ((Object.hasOwn(attributes, 'service.name') && attributes['service.name']) || undefined),
      attributes,
      detectors: resolveDetectors(read),
    },
    propagators: read.choices('OTEL_PROPAGATORS').filter((name): name is PropagatorName => name !== 'none'),
    traces: resolveTraces(read, readFile),
    metrics: resolveMetrics(read, readFile),
    logs: resolveLogs(read, readFile),
    instrumentations: resolveInstrumentations(read, readFile, sources.instrumentations),
    http: resolveHttp(read),
    consoleLogs: read.boolean('OTELIER_CONSOLE_LOGS'),
    codeCache: read.boolean('OTELIER_CODE_CACHE'),
    workerThreads: read.boolean('OTELIER_WORKER_THREADS'),
    shutdownTimeoutMs: read.integer('OTELIER_SHUTDOWN_TIMEOUT'),
  };
  return deepFreeze({ config, problems: read.problems });
}

function resolveDetectors(read: Reader): ReadonlySet<DetectorName> {
  const chosen = read.choices('OTEL_NODE_RESOURCE_DETECTORS');
  if (chosen.includes('all')) return createFrozenSet<DetectorName>([...LOCAL_DETECTORS, ...CLOUD_DETECTORS]);
  return createFrozenSet(chosen.filter((name): name is DetectorName => name !== 'all' && name !== 'none'));
}

function resolveTraces(read: Reader, readFile: FileReader): TracesConfig | undefined {
  const exporters = read.choices('OTEL_TRACES_EXPORTER');
  if (exporters.includes('none')) return undefined;
  return {
    otlp: exporters.includes('otlp') ? resolveOtlpTarget('TRACES', read, readFile) : undefined,
    console: exporters.includes('console'),
    sampler: resolveSampler(read),
    batch: resolveBatch(read, 'OTEL_BSP'),
    limits: {
      attributeValueLengthLimit: read.optionalInteger('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT'),
      attributeCountLimit: read.integer('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT'),
      eventCountLimit: read.integer('OTEL_SPAN_EVENT_COUNT_LIMIT'),
      linkCountLimit: read.integer('OTEL_SPAN_LINK_COUNT_LIMIT'),
      attributePerEventCountLimit: read.integer('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT'),
      attributePerLinkCountLimit: read.integer('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'),
    },
  };
}

function resolveMetrics(read: Reader, readFile: FileReader): MetricsConfig | undefined {
  const exporters = read.choices('OTEL_METRICS_EXPORTER');
  if (exporters.includes('none')) return undefined;
  return {
    otlp: exporters.includes('otlp') ? resolveOtlpTarget('METRICS', read, readFile) : undefined,
    console: exporters.includes('console'),
    prometheus: exporters.includes('prometheus')
      ? { host: read.text('OTEL_EXPORTER_PROMETHEUS_HOST')!, port: read.integer('OTEL_EXPORTER_PROMETHEUS_PORT') }
      : undefined,
    exportIntervalMs: read.integer('OTEL_METRIC_EXPORT_INTERVAL'),
    exportTimeoutMs: atMost('OTEL_METRIC_EXPORT_TIMEOUT', 'OTEL_METRIC_EXPORT_INTERVAL', read),
    temporality: read.choice('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'),
    histogram: read.choice('OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION'),
    cardinalityLimit: read.integer('OTELIER_METRICS_CARDINALITY_LIMIT'),
    exemplarFilter: read.choice('OTEL_METRICS_EXEMPLAR_FILTER'),
    selfMetrics: read.boolean('OTELIER_SELF_METRICS'),
  };
}

function resolveLogs(read: Reader, readFile: FileReader): LogsConfig | undefined {
  const exporters = read.choices('OTEL_LOGS_EXPORTER');
  if (exporters.includes('none')) return undefined;
  return {
    otlp: exporters.includes('otlp') ? resolveOtlpTarget('LOGS', read, readFile) : undefined,
    console: exporters.includes('console'),
    batch: resolveBatch(read, 'OTEL_BLRP'),
    limits: {
      attributeValueLengthLimit: read.optionalInteger('OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT'),
      attributeCountLimit: read.integer('OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT'),
    },
  };
}

/** The names are those of the other OpenTelemetry languages: https://opentelemetry.io/docs/zero-code/java/agent/instrumentation/http/ */
function resolveHttp(read: Reader): Config['http'] {
  const headers = (name: string): readonly string[] => [...new Set(read.list(name)?.map((header) => header.toLowerCase()))];
  const methods = read.list('OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS');
  return {
    knownMethods: createFrozenSet(methods && methods.length > 0 ? methods : KNOWN_METHODS),
    captureHeaders: {
      server: {
        request: headers('OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_REQUEST_HEADERS'),
        response: headers('OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_RESPONSE_HEADERS'),
      },
      client: {
        request: headers('OTEL_INSTRUMENTATION_HTTP_CLIENT_CAPTURE_REQUEST_HEADERS'),
        response: headers('OTEL_INSTRUMENTATION_HTTP_CLIENT_CAPTURE_RESPONSE_HEADERS'),
      },
    },
  };
}

function resolveSampler(read: Reader): TracesConfig['sampler'] {
  const name = read.choice('OTEL_TRACES_SAMPLER');
  if (name === 'traceidratio' || name === 'parentbased_traceidratio') return { name, ratio: read.ratio('OTEL_TRACES_SAMPLER_ARG') };
  const argument = 'OTEL_TRACES_SAMPLER_ARG';
  if (read.raw.has(argument)) {
    read.report(
      argument,
      `${read.quote(argument)}, but the sampler ${name} takes no argument; only traceidratio and parentbased_traceidratio do. It is ignored. Set OTEL_TRACES_SAMPLER=parentbased_traceidratio to sample by ratio, or remove it.`,
    );
  }
  return { name, ratio: 1 };
}

function resolveBatch(read: Reader, prefix: 'OTEL_BSP' | 'OTEL_BLRP'): BatchSettings {
  return {
    scheduleDelayMs: read.integer(`${prefix}_SCHEDULE_DELAY`),
    exportTimeoutMs: read.integer(`${prefix}_EXPORT_TIMEOUT`),
    maxQueueSize: read.integer(`${prefix}_MAX_QUEUE_SIZE`),
    maxExportBatchSize: atMost(`${prefix}_MAX_EXPORT_BATCH_SIZE`, `${prefix}_MAX_QUEUE_SIZE`, read),
  };
}

/** The value, lowered to that of `bound`. That is told only if the variable itself was set: a default gives way in silence. */
function atMost(name: string, bound: string, read: Reader): number {
  const value = read.integer(name);
  const most = read.integer(bound);
  if (value <= most) return value;
  // 0, "without limit", gives way as a default does.
  if (read.raw.has(name) && Number(read.raw.get(name)) === value) {
    read.report(name, `${read.quote(name)}; it can be at most ${bound}, which is ${most}. Using ${most}. Lower it, or raise ${bound}.`);
  }
  return most;
}
