/** The shape of a complete configuration: what `resolveConfig` makes of the environment and every other room reads. */

/** One thing that is wrong with the configuration, told so that a stranger can mend it. Never holds a secret's value. */
export interface Problem {
  /** Where it stands: a variable's name (`OTEL_TRACES_SAMPLER_ARG`) or a file's path. */
  readonly source: string;
  /** Whole sentences: what is wrong with the value, what is allowed, what happens now, what to do. */
  readonly message: string;
}

export type Protocol = 'http/protobuf' | 'http/json' | 'grpc';
export type LogLevel = 'none' | 'error' | 'warn' | 'info' | 'debug' | 'verbose' | 'all';
export type EngineName = 'lean' | 'sdk';
/** https://opentelemetry.io/docs/specs/otel/metrics/sdk/#exemplarfilter */
export type ExemplarFilter = 'trace_based' | 'always_on' | 'always_off';
export type Temporality = 'cumulative' | 'delta' | 'lowmemory';
export type PropagatorName = 'tracecontext' | 'baggage' | 'b3' | 'b3multi' | 'jaeger' | 'xray';
export type SamplerName =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio';

/** Where one signal goes over OTLP. */
export interface OtlpTarget {
  readonly protocol: Protocol;
  /**
   * Complete, path included (for gRPC: scheme, host and port). User and password are never in it: they are an `authorization` header.
   * Its query may be secret: show it with `revealUrl`.
   */
  readonly url: string;
  /** Lower-case names. Values are secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** At least 1; "without limit" (0 in the environment) is the longest delay that a timer takes. */
  readonly timeoutMs: number;
  readonly compression: 'none' | 'gzip';
  /** PEM text, already read from the files that the environment names. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** Queue settings of one batch processor (`OTEL_BSP_*`, `OTEL_BLRP_*`). */
export interface BatchSettings {
  readonly scheduleDelayMs: number;
  readonly exportTimeoutMs: number;
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
}

export interface TracesConfig {
  /** Undefined: not exported over OTLP. */
  readonly otlp: OtlpTarget | undefined;
  readonly console: boolean;
  readonly sampler: { readonly name: SamplerName; readonly ratio: number };
  readonly batch: BatchSettings;
  readonly limits: {
    readonly attributeValueLengthLimit: number | undefined;
    readonly attributeCountLimit: number;
    readonly eventCountLimit: number;
    readonly linkCountLimit: number;
    readonly attributePerEventCountLimit: number;
    readonly attributePerLinkCountLimit: number;
  };
}

export interface MetricsConfig {
  readonly otlp: OtlpTarget | undefined;
  readonly console: boolean;
  readonly prometheus: { readonly host: string; readonly port: number } | undefined;
  readonly exportIntervalMs: number;
  readonly exportTimeoutMs: number;
  readonly temporality: Temporality;
  readonly histogram: 'explicit_bucket_histogram' | 'base2_exponential_bucket_histogram';
  readonly cardinalityLimit: number;
  readonly exemplarFilter: ExemplarFilter;
  /** Metrics of the SDK about itself. */
  readonly selfMetrics: boolean;
}

export interface LogsConfig {
  readonly otlp: OtlpTarget | undefined;
  readonly console: boolean;
  readonly batch: BatchSettings;
  readonly limits: { readonly attributeValueLengthLimit: number | undefined; readonly attributeCountLimit: number };
}

export type DetectorName = 'env' | 'host' | 'os' | 'process' | 'serviceinstance' | 'container' | 'aws' | 'gcp' | 'azure' | 'alibaba';

export type OptionValue = boolean | number | string | readonly string[] | { readonly [key: string]: unknown };

/** What an instrumentation's option takes; an array lists the words that are allowed. */
export type OptionKind = 'boolean' | 'number' | 'string' | 'list' | 'object' | readonly string[];

/** What can be configured: short name of an instrumentation (`pg`), then option name, then what it takes. */
export type InstrumentationTable = Readonly<Record<string, Readonly<Record<string, OptionKind>>>>;

/** The variables of a process: `process.env`, or what stands for it. */
export type Env = Readonly<Record<string, string | undefined>>;

export interface CapturedHeaders {
  readonly request: readonly string[];
  readonly response: readonly string[];
}

export interface Config {
  /** `OTEL_SDK_DISABLED`: nothing is to be started. */
  readonly disabled: boolean;
  readonly logLevel: LogLevel;
  /** A configuration file always means `sdk`. */
  readonly engine: EngineName;
  /** Path of a declarative configuration file: everything below but `logLevel`, `instrumentations` and life's bounds is then the file's. */
  readonly configFile: string | undefined;
  readonly resource: {
    /** `OTEL_SERVICE_NAME`, else `service.name` of the attributes. */
    readonly serviceName: string | undefined;
    readonly attributes: Readonly<Record<string, string>>;
    readonly detectors: ReadonlySet<DetectorName>;
  };
  readonly propagators: readonly PropagatorName[];
  /** Undefined: the signal is off (`none`). */
  readonly traces: TracesConfig | undefined;
  readonly metrics: MetricsConfig | undefined;
  readonly logs: LogsConfig | undefined;
  readonly instrumentations: {
    /** Undefined: the default set. */
    readonly enabled: ReadonlySet<string> | undefined;
    readonly disabled: ReadonlySet<string>;
    /** Spans of middleware, connections, files and other inner steps too. */
    readonly verbose: boolean;
    /** By short name (`pg`), then by option name (`enhancedDatabaseReporting`). */
    readonly options: Readonly<Record<string, Readonly<Record<string, OptionValue>>>>;
  };
  /** What HTTP spans tell, of servers and clients alike. */
  readonly http: {
    /** As they stand in a request line; any other method is `_OTHER`. */
    readonly knownMethods: ReadonlySet<string>;
    /** Header names, lower case, whose values become attributes. */
    readonly captureHeaders: { readonly server: CapturedHeaders; readonly client: CapturedHeaders };
  };
  /** The switch of the console log bridge. */
  readonly consoleLogs: boolean;
  /** Read by otel.js before there is a configuration; here so that its value is checked. */
  readonly codeCache: boolean;
  readonly workerThreads: boolean;
  /** How long the end of the process may wait for telemetry to be delivered; 0: not at all. */
  readonly shutdownTimeoutMs: number;
}

export interface ResolvedConfig {
  readonly config: Config;
  readonly problems: readonly Problem[];
}
