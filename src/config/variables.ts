/**
 * The one table of every environment variable: what `read.ts` reads by, what may be shown of a value, and what the README says.
 * Standard names follow https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ and
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/.
 */
import type {
  DetectorName,
  EngineName,
  ExemplarFilter,
  LogLevel,
  MetricsConfig,
  OtlpTarget,
  PropagatorName,
  Protocol,
  SamplerName,
  Temporality,
} from './types.ts';

export type VariableKind =
  | 'boolean'
  | 'integer'
  | 'ratio'
  | 'choice'
  | 'choices'
  | 'list'
  | 'attributes'
  | 'headers'
  | 'url'
  | 'path'
  | 'text'
  | 'pattern';
export type VariableGroup = 'general' | 'resource' | 'traces' | 'metrics' | 'logs' | 'otlp' | 'batching' | 'limits' | 'instrumentation';

export interface Variable {
  readonly name: string;
  readonly group: VariableGroup;
  readonly kind: VariableKind;
  /** Undefined: unset means none, or is said in `meaning`. */
  readonly default?: boolean | number | string;
  /** True: the value is never shown. */
  readonly secret?: true;
  /** One line. Also the text of the README. */
  readonly meaning: string;
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly unit?: 'ms';
  /** Milliseconds where 0 means "without limit". */
  readonly zeroIsUnlimited?: true;
  /** The more general variable that holds when this one is unset or wrong. */
  readonly general?: string;
  /** There are `OTEL_EXPORTER_OTLP_{TRACES,METRICS,LOGS}_...` forms too, which win over this one. */
  readonly perSignal?: true;
  /** What happens when the value is wrong, where "Using <default>." would not tell. */
  readonly otherwise?: string;
  /** What to do when the value is wrong, where the parser's own advice would not tell. */
  readonly remedy?: string;
}

/** The words of the variables that take some of a known set: what `read.choice` and `read.choices` give. */
export interface ChoiceWords {
  readonly OTEL_LOG_LEVEL: LogLevel;
  readonly OTELIER_ENGINE: EngineName;
  readonly OTEL_METRICS_EXEMPLAR_FILTER: ExemplarFilter;
  readonly OTEL_PROPAGATORS: PropagatorName | 'none';
  readonly OTEL_NODE_RESOURCE_DETECTORS: DetectorName | 'all' | 'none';
  readonly OTEL_TRACES_EXPORTER: 'otlp' | 'console' | 'none';
  readonly OTEL_TRACES_SAMPLER: SamplerName;
  readonly OTEL_METRICS_EXPORTER: 'otlp' | 'console' | 'prometheus' | 'none';
  readonly OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: Temporality;
  readonly OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: MetricsConfig['histogram'];
  readonly OTEL_LOGS_EXPORTER: 'otlp' | 'console' | 'none';
  readonly OTEL_EXPORTER_OTLP_PROTOCOL: Protocol;
  readonly OTEL_EXPORTER_OTLP_COMPRESSION: OtlpTarget['compression'];
}

export const LOCAL_DETECTORS: readonly DetectorName[] = ['env', 'host', 'os', 'process', 'serviceinstance', 'container'];
export const CLOUD_DETECTORS: readonly DetectorName[] = ['aws', 'gcp', 'azure', 'alibaba'];

const CHOICES: { readonly [Name in keyof ChoiceWords]: readonly ChoiceWords[Name][] } = {
  OTEL_LOG_LEVEL: ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'],
  OTELIER_ENGINE: ['lean', 'sdk'],
  OTEL_METRICS_EXEMPLAR_FILTER: ['trace_based', 'always_on', 'always_off'],
  OTEL_PROPAGATORS: ['tracecontext', 'baggage', 'b3', 'b3multi', 'jaeger', 'xray', 'none'],
  OTEL_NODE_RESOURCE_DETECTORS: [...LOCAL_DETECTORS, ...CLOUD_DETECTORS, 'all', 'none'],
  OTEL_TRACES_EXPORTER: ['otlp', 'console', 'none'],
  OTEL_TRACES_SAMPLER: [
    'always_on',
    'always_off',
    'traceidratio',
    'parentbased_always_on',
    'parentbased_always_off',
    'parentbased_traceidratio',
  ],
  OTEL_METRICS_EXPORTER: ['otlp', 'console', 'prometheus', 'none'],
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: ['cumulative', 'delta', 'lowmemory'],
  OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: ['explicit_bucket_histogram', 'base2_exponential_bucket_histogram'],
  OTEL_LOGS_EXPORTER: ['otlp', 'console', 'none'],
  OTEL_EXPORTER_OTLP_PROTOCOL: ['http/protobuf', 'http/json', 'grpc'],
  OTEL_EXPORTER_OTLP_COMPRESSION: ['none', 'gzip'],
};

/** https://opentelemetry.io/docs/specs/semconv/http/http-spans/: the methods of RFC 9110, PATCH and QUERY. */
export const KNOWN_METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY'];

/** The longest delay that a Node timer takes; a longer one fires at once. */
export const MAX_TIMER_MS: number = 2_147_483_647;
/** Queues are memory of the app: a bound on what can be asked for. */
const MAX_QUEUE = 1_000_000;

const MS = { kind: 'integer', unit: 'ms', min: 1, max: MAX_TIMER_MS } as const;
const TIMEOUT = { kind: 'integer', unit: 'ms', min: 0, max: MAX_TIMER_MS, zeroIsUnlimited: true } as const;
const QUEUE = { kind: 'integer', min: 1, max: MAX_QUEUE } as const;
const LIMIT = { kind: 'integer', min: 0, max: MAX_TIMER_MS, group: 'limits' } as const;
const COUNT = { general: 'OTEL_ATTRIBUTE_COUNT_LIMIT', ...LIMIT } as const;
const LENGTH = { general: 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', ...LIMIT } as const;

/** Every variable but the per-signal forms, in the order of the README. */
// One line for each variable:
// oxfmt-ignore
export const VARIABLE_TABLE: readonly Variable[] = [
  { name: 'OTEL_SDK_DISABLED', group: 'general', kind: 'boolean', default: false, otherwise: 'Telemetry stays on.', meaning: '`true` switches everything off: the app runs as if otelier were not there.' },
  { name: 'OTEL_LOG_LEVEL', group: 'general', kind: 'choice', choices: CHOICES.OTEL_LOG_LEVEL, default: 'info', meaning: 'How much otelier says on stderr; `none` silences it.' },
  { name: 'OTEL_CONFIG_FILE', group: 'general', kind: 'path', meaning: 'Declarative configuration file (YAML) of the specification; it then decides about all signals.' },
  { name: 'OTEL_PROPAGATORS', group: 'general', kind: 'choices', choices: CHOICES.OTEL_PROPAGATORS, default: 'tracecontext,baggage', meaning: 'Context formats read from and written to requests and messages.' },
  { name: 'OTELIER_ENGINE', group: 'general', kind: 'choice', choices: CHOICES.OTELIER_ENGINE, default: 'lean', meaning: 'What records: `lean`, the recorders of otelier, or `sdk`, those of the OpenTelemetry SDK; they give the same telemetry at different cost.' },
  { name: 'OTELIER_SHUTDOWN_TIMEOUT', group: 'general', kind: 'integer', unit: 'ms', min: 0, max: 600_000, default: 2000, meaning: 'How long the end of the process may wait for telemetry to be delivered; `0`: not at all.' },
  { name: 'OTELIER_CODE_CACHE', group: 'general', kind: 'boolean', default: true, meaning: '`false` keeps V8\'s compiled code of otelier out of the user\'s cache directory.' },
  { name: 'OTELIER_WORKER_THREADS', group: 'general', kind: 'boolean', default: false, meaning: '`true` starts telemetry in worker threads too.' },

  { name: 'OTEL_SERVICE_NAME', group: 'resource', kind: 'text', meaning: 'Name of the service; wins over `service.name` in `OTEL_RESOURCE_ATTRIBUTES`.' },
  { name: 'OTEL_RESOURCE_ATTRIBUTES', group: 'resource', kind: 'attributes', meaning: 'What every signal carries: `key=value,key=value`, values percent-encoded.' },
  { name: 'OTEL_NODE_RESOURCE_DETECTORS', group: 'resource', kind: 'choices', choices: CHOICES.OTEL_NODE_RESOURCE_DETECTORS, default: LOCAL_DETECTORS.join(','), meaning: 'What is found out about the place the process runs in; a cloud is also asked when the environment hints at it.' },

  { name: 'OTEL_TRACES_EXPORTER', group: 'traces', kind: 'choices', choices: CHOICES.OTEL_TRACES_EXPORTER, default: 'otlp', meaning: 'Where spans go; several may be named.' },
  { name: 'OTEL_TRACES_SAMPLER', group: 'traces', kind: 'choice', choices: CHOICES.OTEL_TRACES_SAMPLER, default: 'parentbased_always_on', meaning: 'Which traces are recorded.' },
  { name: 'OTEL_TRACES_SAMPLER_ARG', group: 'traces', kind: 'ratio', default: 1, otherwise: 'Sampling everything.', remedy: 'Set it to 0.1 for 10%.', meaning: 'Ratio of the `traceidratio` samplers, 0 to 1.' },

  { name: 'OTEL_METRICS_EXPORTER', group: 'metrics', kind: 'choices', choices: CHOICES.OTEL_METRICS_EXPORTER, default: 'otlp', meaning: 'Where metrics go; `prometheus` serves them for scraping.' },
  { name: 'OTEL_METRIC_EXPORT_INTERVAL', group: 'metrics', ...MS, default: 60_000, meaning: 'Time between two exports.' },
  { name: 'OTEL_METRIC_EXPORT_TIMEOUT', group: 'metrics', ...TIMEOUT, default: 30_000, meaning: 'Longest time of one export; at most the interval.' },
  { name: 'OTEL_EXPORTER_PROMETHEUS_HOST', group: 'metrics', kind: 'text', default: 'localhost', meaning: 'Address of the Prometheus endpoint.' },
  { name: 'OTEL_EXPORTER_PROMETHEUS_PORT', group: 'metrics', kind: 'integer', min: 0, max: 65_535, default: 9464, meaning: 'Port of the Prometheus endpoint; `0`: any free one.' },
  { name: 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', group: 'metrics', kind: 'choice', choices: CHOICES.OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE, default: 'cumulative', meaning: 'Whether counters are sent as totals or as differences.' },
  { name: 'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION', group: 'metrics', kind: 'choice', choices: CHOICES.OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION, default: 'explicit_bucket_histogram', meaning: 'Form of histograms.' },
  { name: 'OTEL_METRICS_EXEMPLAR_FILTER', group: 'metrics', kind: 'choice', choices: CHOICES.OTEL_METRICS_EXEMPLAR_FILTER, default: 'trace_based', meaning: 'Which measurements may become exemplars; `trace_based`: those within a sampled trace. The `sdk` engine has none.' },
  { name: 'OTELIER_METRICS_CARDINALITY_LIMIT', group: 'metrics', kind: 'integer', min: 1, max: MAX_QUEUE, default: 2000, meaning: 'Most attribute sets per metric; the rest is summed up under `otel.metric.overflow`.' },
  { name: 'OTELIER_SELF_METRICS', group: 'metrics', kind: 'boolean', default: true, meaning: '`false` leaves out what otelier tells of itself, the `otel.sdk.*` metrics: spans and log records made, waiting, dropped, delivered.' },

  { name: 'OTEL_LOGS_EXPORTER', group: 'logs', kind: 'choices', choices: CHOICES.OTEL_LOGS_EXPORTER, default: 'otlp', meaning: 'Where log records go; several may be named.' },
  { name: 'OTELIER_CONSOLE_LOGS', group: 'logs', kind: 'boolean', default: false, meaning: '`true` sends what the app writes with `console` as log records too.' },

  { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', group: 'otlp', kind: 'url', default: 'http://localhost:4318', perSignal: true, meaning: 'Base address; `/v1/traces` and so on is added. A per-signal form is used as it is. With `grpc`: `http://localhost:4317`.' },
  { name: 'OTEL_EXPORTER_OTLP_PROTOCOL', group: 'otlp', kind: 'choice', choices: CHOICES.OTEL_EXPORTER_OTLP_PROTOCOL, default: 'http/protobuf', perSignal: true, meaning: 'How it is sent.' },
  { name: 'OTEL_EXPORTER_OTLP_HEADERS', group: 'otlp', kind: 'headers', secret: true, perSignal: true, meaning: 'Sent with each request: `name=value,name=value`, values percent-encoded. The per-signal form adds to it.' },
  { name: 'OTEL_EXPORTER_OTLP_TIMEOUT', group: 'otlp', ...TIMEOUT, default: 10_000, perSignal: true, meaning: 'Longest time of one request, retries included; `0`: without limit.' },
  { name: 'OTEL_EXPORTER_OTLP_COMPRESSION', group: 'otlp', kind: 'choice', choices: CHOICES.OTEL_EXPORTER_OTLP_COMPRESSION, default: 'none', perSignal: true, meaning: 'Whether bodies are compressed.' },
  { name: 'OTEL_EXPORTER_OTLP_CERTIFICATE', group: 'otlp', kind: 'path', perSignal: true, meaning: "PEM file of the authority that signed the server's certificate." },
  { name: 'OTEL_EXPORTER_OTLP_CLIENT_KEY', group: 'otlp', kind: 'path', perSignal: true, meaning: 'PEM file of the client key, for mutual TLS.' },
  { name: 'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE', group: 'otlp', kind: 'path', perSignal: true, meaning: 'PEM file of the client certificate, for mutual TLS.' },
  { name: 'OTEL_EXPORTER_OTLP_INSECURE', group: 'otlp', kind: 'boolean', default: false, perSignal: true, meaning: '`true`: a `grpc` address without a scheme is spoken to without TLS.' },

  { name: 'OTEL_BSP_SCHEDULE_DELAY', group: 'batching', ...MS, default: 5000, meaning: 'Longest time a span waits for its batch.' },
  { name: 'OTEL_BSP_EXPORT_TIMEOUT', group: 'batching', ...TIMEOUT, default: 30_000, meaning: 'Longest time of one export of spans.' },
  { name: 'OTEL_BSP_MAX_QUEUE_SIZE', group: 'batching', ...QUEUE, default: 2048, meaning: 'Most spans kept waiting; more are dropped and counted.' },
  { name: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE', group: 'batching', ...QUEUE, default: 512, meaning: 'Most spans in one export; at most the queue.' },
  { name: 'OTEL_BLRP_SCHEDULE_DELAY', group: 'batching', ...MS, default: 1000, meaning: 'Longest time a log record waits for its batch.' },
  { name: 'OTEL_BLRP_EXPORT_TIMEOUT', group: 'batching', ...TIMEOUT, default: 30_000, meaning: 'Longest time of one export of log records.' },
  { name: 'OTEL_BLRP_MAX_QUEUE_SIZE', group: 'batching', ...QUEUE, default: 2048, meaning: 'Most log records kept waiting; more are dropped and counted.' },
  { name: 'OTEL_BLRP_MAX_EXPORT_BATCH_SIZE', group: 'batching', ...QUEUE, default: 512, meaning: 'Most log records in one export; at most the queue.' },

  { name: 'OTEL_ATTRIBUTE_COUNT_LIMIT', ...LIMIT, default: 128, meaning: 'Most attributes of anything; holds where no narrower limit is set.' },
  { name: 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', ...LIMIT, meaning: 'Longest text value of anything; unset: no limit.' },
  { name: 'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', ...COUNT, default: 128, meaning: 'Most attributes of a span.' },
  { name: 'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', ...LENGTH, meaning: 'Longest text value in a span; unset: no limit.' },
  { name: 'OTEL_SPAN_EVENT_COUNT_LIMIT', ...LIMIT, default: 128, meaning: 'Most events of a span.' },
  { name: 'OTEL_SPAN_LINK_COUNT_LIMIT', ...LIMIT, default: 128, meaning: 'Most links of a span.' },
  { name: 'OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', ...COUNT, default: 128, meaning: 'Most attributes of a span event.' },
  { name: 'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', ...COUNT, default: 128, meaning: 'Most attributes of a span link.' },
  { name: 'OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', ...COUNT, default: 128, meaning: 'Most attributes of a log record.' },
  { name: 'OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT', ...LENGTH, meaning: 'Longest text value in a log record; unset: no limit.' },

  { name: 'OTEL_NODE_ENABLED_INSTRUMENTATIONS', group: 'instrumentation', kind: 'list', meaning: 'Only these, such as `http,express,pg`; `none`: no instrumentation. Unset: the default set.' },
  { name: 'OTEL_NODE_DISABLED_INSTRUMENTATIONS', group: 'instrumentation', kind: 'list', meaning: 'Not these; wins over the enabled ones.' },
  { name: 'OTELIER_VERBOSE_SPANS', group: 'instrumentation', kind: 'boolean', default: false, meaning: '`true` records inner steps as spans too: middleware, connections, DNS, files.' },
  { name: 'OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS', group: 'instrumentation', kind: 'list', default: KNOWN_METHODS.join(','), meaning: 'Request methods that are told by name; any other is `_OTHER`.' },
  { name: 'OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_REQUEST_HEADERS', group: 'instrumentation', kind: 'list', meaning: 'Headers of incoming requests that become attributes of the server span.' },
  { name: 'OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_RESPONSE_HEADERS', group: 'instrumentation', kind: 'list', meaning: 'Headers of the responses to them.' },
  { name: 'OTEL_INSTRUMENTATION_HTTP_CLIENT_CAPTURE_REQUEST_HEADERS', group: 'instrumentation', kind: 'list', meaning: 'Headers of outgoing requests that become attributes of the client span.' },
  { name: 'OTEL_INSTRUMENTATION_HTTP_CLIENT_CAPTURE_RESPONSE_HEADERS', group: 'instrumentation', kind: 'list', meaning: 'Headers of the responses to them.' },
  { name: 'OTELIER_INSTRUMENTATIONS_FILE', group: 'instrumentation', kind: 'path', meaning: 'JSON file with options: `{ "pg": { "enhancedDatabaseReporting": true } }`.' },
  { name: 'OTELIER_INSTRUMENTATION_<NAME>_<OPTION>', group: 'instrumentation', kind: 'pattern', meaning: 'One option, such as `OTELIER_INSTRUMENTATION_PG_ENHANCED_DATABASE_REPORTING=true`; wins over the file.' },
];

/** As it stands in the names of the per-signal variables. */
export type SignalWord = 'TRACES' | 'METRICS' | 'LOGS';

const OTLP_PREFIX = 'OTEL_EXPORTER_OTLP_';
const SIGNAL_WORDS: readonly SignalWord[] = ['TRACES', 'METRICS', 'LOGS'];
/** How the variables of single options begin. */
export const INSTRUMENTATION_PREFIX: string = 'OTELIER_INSTRUMENTATION_';

/** `OTEL_EXPORTER_OTLP_ENDPOINT`, `TRACES` -> `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`. */
export function formatSignalName(name: string, signal: SignalWord): string {
  return `${OTLP_PREFIX}${signal}_${name.slice(OTLP_PREFIX.length)}`;
}

/** Every variable by its exact name, per-signal forms included, the pattern left out. */
export const VARIABLES: ReadonlyMap<string, Variable> = new Map(
  VARIABLE_TABLE.flatMap((row): [string, Variable][] => {
    if (row.kind === 'pattern') return [];
    if (row.perSignal === undefined) return [[row.name, row]];
    return [[row.name, row], ...SIGNAL_WORDS.map((signal): [string, Variable] => [formatSignalName(row.name, signal), row])];
  }),
);
