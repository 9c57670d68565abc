/**
 * What the viewer's query API under `/api` takes and gives, as types: the server answers with them, the page and the tests read them.
 * Times are Unix times in milliseconds with fractions, unless a name ends in `Nano` (decimal string of nanoseconds, as in OTLP JSON); durations are
 * milliseconds. Ids are lower-case hexadecimal. Lists are newest first and come in pages: pass the answer's `next` back as `before`.
 */

export type Severity = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';
export type StatusCode = 'unset' | 'ok' | 'error';
/** An attribute's value as plain JSON. 64-bit integers beyond 2^53 and bytes (base64) are strings. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Attributes = Readonly<Record<string, Value>>;

/** Every error of the API, with an HTTP status of 4xx or 5xx. */
export interface ApiError {
  /** What is wrong and what is allowed. */
  readonly error: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; undefined on the last one. */
  readonly next?: string;
}

/** Of every list: `from`, `to` (inclusive start, exclusive end), `limit` (default 100, at most 1000), `before`. */
export interface Range {
  readonly from?: number;
  readonly to?: number;
  readonly limit?: number;
  readonly before?: string;
}

/** GET /api/status */
export interface Status {
  readonly version: string;
  readonly startedAt: number;
  /** Base URLs: OTLP/HTTP, OTLP/gRPC (undefined when off), the page. */
  readonly endpoints: { readonly http: string; readonly grpc?: string; readonly page: string };
  /** Where the data is: a folder, or undefined when it goes with the process. */
  readonly dataDirectory?: string;
  readonly counts: { readonly spans: number; readonly traces: number; readonly logs: number; readonly metricPoints: number };
  /** What was dropped to stay within the limits, since the start. */
  readonly evicted: { readonly spans: number; readonly logs: number; readonly metricPoints: number };
  /** Requests whose body was not OTLP, since the start, and the latest reason. */
  readonly rejected: { readonly requests: number; readonly latest?: string };
  readonly oldest?: number;
  readonly newest?: number;
  readonly bytes: number;
  readonly limits: { readonly bytes: number; readonly ageMs: number };
  /** The command that a newcomer runs next, for empty states: `OTEL_EXPORTER_OTLP_ENDPOINT=… node --import otelier/register app.js`. */
  readonly hint: string;
}

/** GET /api/services */
export interface Service {
  readonly name: string;
  readonly namespace?: string;
  readonly version?: string;
  readonly language?: string;
  readonly instances: number;
  readonly spans: number;
  readonly errors: number;
  readonly logs: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/**
 * GET /api/traces, /api/latency: which traces. A trace is found when one of its spans meets all conditions on spans
 * (service, name, attributes, status, durations).
 */
export interface TraceQuery extends Range {
  readonly service?: string;
  /** Part of a span's name, case does not matter. */
  readonly name?: string;
  /** `key=value`, `key!=value`, `key~part`, `key>1`, `key<1`, `key` (is there); repeatable. Resource attributes count too. */
  readonly attr?: readonly string[];
  readonly status?: StatusCode;
  readonly kind?: SpanKind;
  readonly minMs?: number;
  readonly maxMs?: number;
  /** Free text of the search box: a trace id or its beginning, else `key=value` words and words that span names contain. */
  readonly q?: string;
  readonly sort?: 'newest' | 'slowest';
}

export interface TraceSummary {
  readonly traceId: string;
  /** Of the root span; of the earliest one while the root has not arrived. */
  readonly name: string;
  readonly service: string;
  readonly kind: SpanKind;
  readonly method?: string;
  readonly route?: string;
  readonly httpStatus?: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly spanCount: number;
  readonly errorCount: number;
  readonly logCount: number;
  /** Each service with its number of spans, the busiest first. */
  readonly services: readonly { readonly name: string; readonly spans: number }[];
  /** The root has arrived. */
  readonly complete: boolean;
}
// GET /api/traces -> Page<TraceSummary>

/** GET /api/latency -> the same traces as dots of a scatter, at most 5,000, evenly thinned when there are more. */
export interface Latency {
  readonly total: number;
  /** Set when a search through attributes took too long: older traces were not looked at. */
  readonly partial?: boolean;
  /** [start in ms, duration in ms, 1 when it has errors, trace id, name] */
  readonly dots: readonly (readonly [number, number, 0 | 1, string, string])[];
}

export interface SpanEvent {
  readonly name: string;
  readonly timeMs: number;
  readonly attributes: Attributes;
}
export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
  /** The linked trace is in the store. */
  readonly known: boolean;
}
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly service: string;
  readonly scope: { readonly name: string; readonly version?: string };
  readonly startMs: number;
  readonly durationMs: number;
  readonly startNano: string;
  readonly endNano: string;
  readonly status: { readonly code: StatusCode; readonly message?: string };
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  /** Set when the SDK dropped some. */
  readonly dropped?: { readonly attributes: number; readonly events: number; readonly links: number };
  /** Fingerprint of its error group, when it has one. */
  readonly errorGroup?: string;
}

/** GET /api/traces/:traceId */
export interface Trace {
  readonly summary: TraceSummary;
  /** By start. A parent that is not there makes its children roots. */
  readonly spans: readonly Span[];
  readonly logs: readonly Log[];
  /** Span ids that decide how long the trace takes, with the time in which each does (self segments, [startMs, endMs]). */
  readonly criticalPath: readonly { readonly spanId: string; readonly segments: readonly (readonly [number, number])[] }[];
}
// GET /api/traces/:traceId/otlp.json    -> OTLP/JSON {resourceSpans, resourceLogs}, as a download
// GET /api/traces/:traceId/jaeger.json  -> Jaeger UI JSON {data: [...]}
// POST /api/import  (OTLP JSON of traces, logs or metrics, or of several) -> Imported
export interface Imported {
  readonly spans: number;
  readonly logs: number;
  readonly metricPoints: number;
  readonly traceIds: readonly string[];
}

/** GET /api/logs */
export interface LogQuery extends Range {
  readonly service?: string;
  /** This severity and everything above. */
  readonly level?: Severity;
  /** Full-text search on the body: words, "a phrase", -without. */
  readonly q?: string;
  /** As in TraceQuery. */
  readonly attr?: readonly string[];
  readonly traceId?: string;
  readonly spanId?: string;
}
export interface Log {
  readonly id: string;
  readonly timeMs: number;
  readonly timeNano: string;
  readonly service: string;
  readonly severity: Severity;
  readonly severityNumber: number;
  readonly severityText: string;
  /** Text as it is; anything structured as JSON text. */
  readonly body: string;
  readonly eventName?: string;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly scope: { readonly name: string; readonly version?: string };
  /** Empty when the record belongs to no trace. */
  readonly traceId: string;
  readonly spanId: string;
  readonly errorGroup?: string;
}
// GET /api/logs -> Page<Log>

/** GET /api/logs/facets (takes LogQuery): the fields of the logs that match, the most frequent first, at most 30 fields of 10 values. */
export interface Facets {
  readonly total: number;
  /** As in Latency. Values are counted in the newest 5,000 records. */
  readonly partial?: boolean;
  readonly fields: readonly { readonly key: string; readonly values: readonly { readonly value: string; readonly count: number }[] }[];
}
/** GET /api/logs/histogram (takes LogQuery and `buckets`, default 60): records per bucket of time and severity. */
export interface LogHistogram {
  readonly stepMs: number;
  /** As in Latency. */
  readonly partial?: boolean;
  readonly buckets: readonly { readonly timeMs: number; readonly counts: Readonly<Partial<Record<Severity, number>>> }[];
}

export type MetricType = 'gauge' | 'sum' | 'histogram' | 'exponential_histogram' | 'summary';
/** GET /api/metrics?service= */
export interface MetricInfo {
  readonly name: string;
  readonly type: MetricType;
  readonly unit: string;
  readonly description: string;
  readonly monotonic: boolean;
  readonly services: readonly string[];
  /** Keys that its points carry, for splitting and filtering; `service.name` is always one. */
  readonly attributeKeys: readonly string[];
  readonly series: number;
  readonly lastSeen: number;
}
// GET /api/metrics -> Page<MetricInfo>, by name, all on one page

/** GET /api/metrics/series */
export interface SeriesQuery {
  readonly name: string;
  readonly service?: string;
  readonly attr?: readonly string[];
  /** Attribute keys to split by; none: one line for all. */
  readonly by?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  /** Points wanted per line, default 120. */
  readonly points?: number;
}
export interface MetricSeries {
  readonly metric: MetricInfo;
  /** What the values are: `value` of a gauge or of a sum that may fall, `rate` per second of a monotonic sum, `percentiles` of a histogram. */
  readonly shows: 'value' | 'rate' | 'percentiles';
  readonly stepMs: number;
  readonly times: readonly number[];
  /** At most 20 lines, those with the largest last value; `attributes` is empty when not split. For histograms `value` is the mean, and p50..p99 and count per second stand beside it. */
  readonly lines: readonly {
    readonly attributes: Attributes;
    readonly value: readonly (number | null)[];
    readonly p50?: readonly (number | null)[];
    readonly p90?: readonly (number | null)[];
    readonly p99?: readonly (number | null)[];
    readonly rate?: readonly (number | null)[];
  }[];
  /** More lines than are shown. */
  readonly hiddenLines: number;
  /** Histograms, not split: observations per time step (rows) and bucket (columns; bucket i ends at bounds[i], the last is open). */
  readonly heat?: { readonly bounds: readonly number[]; readonly counts: readonly (readonly number[])[] };
  readonly exemplars: readonly {
    readonly timeMs: number;
    readonly value: number;
    readonly traceId: string;
    readonly spanId: string;
    readonly known: boolean;
  }[];
}

/** GET /api/map (from, to) */
export interface ServiceMap {
  readonly nodes: readonly {
    readonly id: string;
    readonly name: string;
    readonly type: 'service' | 'database' | 'messaging' | 'external' | 'user';
    readonly calls: number;
    readonly errors: number;
    readonly p50: number;
    readonly p95: number;
  }[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly calls: number;
    /** Per second over the range. */
    readonly rate: number;
    readonly errors: number;
    readonly p50: number;
    readonly p95: number;
  }[];
}

/** GET /api/errors (from, to, service) -> Page<ErrorGroup>, the latest first; GET /api/errors/:fingerprint -> ErrorDetail */
export interface ErrorGroup {
  readonly fingerprint: string;
  /** exception.type or error.type, or what the record says. */
  readonly type: string;
  readonly message: string;
  readonly services: readonly string[];
  readonly count: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Counts in 24 equal parts of the range, for a spark line. */
  readonly trend: readonly number[];
}
export interface ErrorDetail extends ErrorGroup {
  readonly stack?: string;
  readonly samples: readonly {
    readonly timeMs: number;
    readonly service: string;
    readonly name: string;
    readonly message: string;
    readonly traceId: string;
    readonly spanId: string;
  }[];
  readonly logs: readonly Log[];
}

/** GET /api/overview (from, to, default the last 15 minutes) */
export interface Overview {
  readonly from: number;
  readonly to: number;
  readonly services: readonly {
    readonly service: string;
    /** Server and consumer spans per second, over the range. */
    readonly rate: number;
    /** 0 to 1. */
    readonly errorShare: number;
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    /** Requests, errors and p95 in 30 equal parts of the range. */
    readonly trend: readonly { readonly calls: number; readonly errors: number; readonly p95: number }[];
    readonly runtime?: {
      /** Utilisation of one core, 0 to 1 and above. */
      readonly cpu?: number;
      readonly memoryBytes?: number;
      readonly heapUsedBytes?: number;
      readonly eventLoopP99Ms?: number;
      readonly eventLoopUtilisation?: number;
    };
  }[];
  readonly routes: readonly {
    readonly service: string;
    readonly name: string;
    readonly calls: number;
    readonly rate: number;
    readonly errorShare: number;
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
  }[];
  readonly slowest: readonly TraceSummary[];
  readonly failing: readonly TraceSummary[];
}

/** GET /api/attributes?signal=traces|logs&prefix= : keys that occur, for completion; with `key=`: its most frequent values. */
export interface AttributeKeys {
  readonly items: readonly { readonly value: string; readonly count: number }[];
}

/** POST /api/clear -> { cleared: true }. Needs the header `x-otelier: 1`, as POST /api/import and POST /api/query do: no foreign page can send it. */

/** POST /api/query { sql, limit? }: one read-only SELECT over the documented schema. */
export interface SqlResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
  readonly truncated: boolean;
  readonly tookMs: number;
}

/** GET /api/live?signals=traces,logs,metrics&service=&level= : server-sent events; the event's name is a key of this type
 * and its `data` that key's value, as JSON. `counts` comes first and with everything else; a comment line every 15 s. */
export interface LiveEvents {
  /** Traces that are new or have changed, at most 100 per event; `more` says how many were left out. */
  readonly traces: { readonly items: readonly TraceSummary[]; readonly more: number };
  readonly logs: { readonly items: readonly Log[]; readonly more: number };
  /** Something of these metrics has arrived. */
  readonly metrics: { readonly names: readonly string[] };
  readonly counts: Status['counts'];
  /** Everything was deleted. */
  readonly cleared: Record<string, never>;
}
