/** The tables of the store, and the views that `otelier query` shows to people. docs/viewer.md tells of the views; a test compares both. */

/** Kept in `PRAGMA user_version`; a file of another version is not touched. */
export const SCHEMA_VERSION = 1;

/** The one file of a store, in its folder. */
export const DATABASE_FILE = 'otelier.db';

/** Rows of spans and of log records whose columns and attribute filter stand in one row of `segment`. */
export const SEGMENT_ROWS = 4096;

/** Nanoseconds as milliseconds with a fraction, in SQL. In two parts: a whole number of milliseconds stays whole. */
export const ms = (nanos: string): string => `(${nanos} / 1000000 + ${nanos} % 1000000 / 1e6)`;

/** `segment.signal`, `error_event.source`. */
export const SPANS = 0;
export const LOGS = 1;

/**
 * Text that repeats (names, services, peers) is interned in `strings`; times are nanoseconds since 1970; ids of spans and log records are given in the
 * order of arrival without gaps, so that a segment is a range of ids and the oldest go first.
 */
export const tables = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE strings (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE resource (id INTEGER PRIMARY KEY, service INTEGER NOT NULL, attributes TEXT NOT NULL UNIQUE);
CREATE TABLE scope (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL, attributes TEXT NOT NULL, UNIQUE (name, version, attributes));
CREATE TABLE trace (
  id INTEGER PRIMARY KEY, trace_id BLOB NOT NULL UNIQUE,
  name INTEGER, service INTEGER, kind INTEGER, method TEXT, route TEXT, http_status INTEGER,
  start_ns INTEGER, end_ns INTEGER, spans INTEGER NOT NULL, errors INTEGER NOT NULL, logs INTEGER NOT NULL,
  complete INTEGER NOT NULL, head_ns INTEGER, services TEXT NOT NULL, last_span INTEGER NOT NULL, last_log INTEGER NOT NULL
);
CREATE INDEX trace_empty ON trace (id) WHERE spans = 0;
CREATE TABLE span (
  id INTEGER PRIMARY KEY, trace INTEGER NOT NULL, span_id BLOB NOT NULL, parent_id BLOB, name INTEGER NOT NULL, kind INTEGER NOT NULL,
  resource INTEGER NOT NULL, scope INTEGER NOT NULL, start_ns INTEGER NOT NULL, duration_ns INTEGER NOT NULL, status INTEGER NOT NULL,
  peer INTEGER NOT NULL, error INTEGER, status_message TEXT, attributes TEXT NOT NULL, events TEXT, links TEXT, extra TEXT
);
CREATE UNIQUE INDEX span_trace ON span (trace, span_id);
CREATE TABLE log (
  id INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL, severity INTEGER NOT NULL, severity_text TEXT NOT NULL, resource INTEGER NOT NULL,
  scope INTEGER NOT NULL, trace INTEGER, span_id BLOB, error INTEGER, event_name TEXT, body TEXT NOT NULL, attributes TEXT NOT NULL, extra TEXT
);
CREATE INDEX log_trace ON log (trace) WHERE trace IS NOT NULL;
CREATE INDEX log_error ON log (error) WHERE error IS NOT NULL;
CREATE VIRTUAL TABLE log_text USING fts5 (body, content='', contentless_delete=1);
CREATE TABLE segment (
  signal INTEGER NOT NULL, number INTEGER NOT NULL, received_ms INTEGER NOT NULL, filter BLOB NOT NULL, columns BLOB NOT NULL,
  PRIMARY KEY (signal, number)
) WITHOUT ROWID;
CREATE TABLE attribute_key (signal INTEGER NOT NULL, key TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (signal, key)) WITHOUT ROWID;
CREATE TABLE metric (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, unit TEXT NOT NULL, description TEXT NOT NULL,
  monotonic INTEGER NOT NULL, temporality TEXT NOT NULL, UNIQUE (name, type, unit, monotonic, temporality)
);
CREATE TABLE series (
  id INTEGER PRIMARY KEY, metric INTEGER NOT NULL, resource INTEGER NOT NULL, scope INTEGER NOT NULL, attributes TEXT NOT NULL,
  last_ns INTEGER NOT NULL, UNIQUE (metric, resource, scope, attributes)
);
CREATE TABLE point (
  id INTEGER PRIMARY KEY, series INTEGER NOT NULL, time_ns INTEGER NOT NULL, until_ns INTEGER NOT NULL, start_ns INTEGER NOT NULL,
  received_ms INTEGER NOT NULL, value REAL, count INTEGER, sum REAL, min REAL, max REAL, distribution TEXT
);
CREATE INDEX point_series ON point (series, time_ns);
CREATE TABLE exemplar (
  id INTEGER PRIMARY KEY, series INTEGER NOT NULL, time_ns INTEGER NOT NULL, value REAL NOT NULL, trace_id BLOB, span_id BLOB,
  UNIQUE (series, time_ns, span_id)
);
CREATE TABLE error_group (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE, type TEXT NOT NULL, message TEXT NOT NULL, stack TEXT);
CREATE TABLE error_event (
  id INTEGER PRIMARY KEY, error INTEGER NOT NULL, time_ns INTEGER NOT NULL, service INTEGER NOT NULL, source INTEGER NOT NULL, row INTEGER NOT NULL,
  trace INTEGER, span_id BLOB, name TEXT NOT NULL, message TEXT NOT NULL, same INTEGER NOT NULL
);
CREATE INDEX error_event_group ON error_event (error, time_ns);
CREATE INDEX error_event_row ON error_event (source, row);
CREATE UNIQUE INDEX error_event_same ON error_event (trace, same) WHERE trace IS NOT NULL;
`;

const kindName = `CASE kind WHEN 2 THEN 'server' WHEN 3 THEN 'client' WHEN 4 THEN 'producer' WHEN 5 THEN 'consumer' ELSE 'internal' END`;

/** One row of the documentation: a view, what a row of it is, and its columns with what they hold. */
export interface View {
  readonly name: string;
  readonly about: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly sql: string;
}

export const views: readonly View[] = [
  {
    name: 'spans',
    about: 'One row per span.',
    columns: {
      trace_id: 'hexadecimal',
      span_id: 'hexadecimal',
      parent_span_id: 'hexadecimal, empty for a root',
      service: '`service.name`',
      name: '',
      kind: 'internal, server, client, producer, consumer',
      status: 'unset, ok, error',
      status_message: '',
      start_ms: 'Unix time in milliseconds',
      duration_ms: '',
      attributes: "JSON object: `attributes ->> 'http.route'`",
      resource: 'JSON object',
      scope: 'name of the instrumentation',
      events: 'JSON array of {name, timeNano, attributes}, or NULL',
      links: 'JSON array of {traceId, spanId, attributes}, or NULL',
      error_group: 'fingerprint, as in `errors`, or NULL',
    },
    sql: `SELECT lower(hex(t.trace_id)) AS trace_id, lower(hex(s.span_id)) AS span_id, coalesce(lower(hex(s.parent_id)), '') AS parent_span_id,
      sv.text AS service, n.text AS name, ${kindName.replaceAll('kind', 's.kind')} AS kind,
      CASE s.status WHEN 1 THEN 'ok' WHEN 2 THEN 'error' ELSE 'unset' END AS status, s.status_message AS status_message,
      ${ms('s.start_ns')} AS start_ms, ${ms('s.duration_ns')} AS duration_ms, s.attributes AS attributes, r.attributes AS resource, sc.name AS scope,
      s.events AS events, s.links AS links, e.fingerprint AS error_group
    FROM span s JOIN trace t ON t.id = s.trace JOIN strings n ON n.id = s.name JOIN resource r ON r.id = s.resource
      JOIN strings sv ON sv.id = r.service JOIN scope sc ON sc.id = s.scope LEFT JOIN error_group e ON e.id = s.error`,
  },
  {
    name: 'traces',
    about: 'One row per trace of which spans have arrived.',
    columns: {
      trace_id: 'hexadecimal',
      name: 'of the root span',
      service: 'of the root span',
      kind: 'of the root span',
      method: 'HTTP method of the root span',
      route: 'HTTP route of the root span',
      http_status: 'HTTP status of the root span',
      start_ms: 'Unix time in milliseconds',
      duration_ms: 'from the first start to the last end',
      spans: 'number of spans',
      errors: 'number of spans with status error',
      logs: 'number of log records',
      complete: '1 when the root has arrived',
    },
    sql: `SELECT lower(hex(t.trace_id)) AS trace_id, n.text AS name, sv.text AS service, ${kindName.replaceAll('kind', 't.kind')} AS kind,
      t.method AS method, t.route AS route, t.http_status AS http_status, ${ms('t.start_ns')} AS start_ms, ${ms('(t.end_ns - t.start_ns)')} AS duration_ms,
      t.spans AS spans, t.errors AS errors, t.logs AS logs, t.complete AS complete
    FROM trace t JOIN strings n ON n.id = t.name JOIN strings sv ON sv.id = t.service WHERE t.spans > 0`,
  },
  {
    name: 'logs',
    about: 'One row per log record.',
    columns: {
      time_ms: 'Unix time in milliseconds',
      service: '`service.name`',
      severity: 'the number of OpenTelemetry, 1 to 24: info is 9, warn 13, error 17',
      severity_text: 'as the logger wrote it',
      body: 'text, or JSON',
      event_name: '',
      trace_id: 'hexadecimal, or NULL',
      span_id: 'hexadecimal, or NULL',
      attributes: 'JSON object',
      resource: 'JSON object',
      scope: 'name of the logger or instrumentation',
      error_group: 'fingerprint, as in `errors`, or NULL',
    },
    sql: `SELECT ${ms('l.time_ns')} AS time_ms, sv.text AS service, l.severity AS severity, l.severity_text AS severity_text, l.body AS body,
      l.event_name AS event_name, lower(hex(t.trace_id)) AS trace_id, lower(hex(l.span_id)) AS span_id, l.attributes AS attributes,
      r.attributes AS resource, sc.name AS scope, e.fingerprint AS error_group
    FROM log l JOIN resource r ON r.id = l.resource JOIN strings sv ON sv.id = r.service JOIN scope sc ON sc.id = l.scope
      LEFT JOIN trace t ON t.id = l.trace LEFT JOIN error_group e ON e.id = l.error`,
  },
  {
    name: 'metric_points',
    about: 'One row per value of a series. A value that was sent again and again unchanged is one row.',
    columns: {
      name: 'of the metric',
      type: 'gauge, sum, histogram, exponential_histogram, summary',
      unit: '',
      monotonic: '1 for a sum that only grows',
      temporality: 'cumulative, delta, unspecified',
      service: '`service.name`',
      attributes: 'JSON object',
      time_ms: 'when the value was first sent, Unix time in milliseconds',
      until_ms: 'when it was last sent unchanged',
      value: 'of gauges and sums',
      count: 'of histograms and summaries',
      sum: 'of histograms and summaries',
      min: 'of histograms',
      max: 'of histograms',
      distribution: 'JSON: {bounds, counts}, or {scale, zero, positive, negative}, or {quantiles}',
    },
    sql: `SELECT m.name AS name, m.type AS type, m.unit AS unit, m.monotonic AS monotonic, m.temporality AS temporality, sv.text AS service,
      s.attributes AS attributes, ${ms('p.time_ns')} AS time_ms, ${ms('p.until_ns')} AS until_ms, p.value AS value, p.count AS count, p.sum AS sum,
      p.min AS min, p.max AS max, p.distribution AS distribution
    FROM point p JOIN series s ON s.id = p.series JOIN metric m ON m.id = s.metric JOIN resource r ON r.id = s.resource
      JOIN strings sv ON sv.id = r.service`,
  },
  {
    name: 'exemplars',
    about: 'One row per exemplar: a measurement with the trace in which it was made.',
    columns: {
      name: 'of the metric',
      service: '',
      attributes: 'JSON object, of the series',
      time_ms: '',
      value: '',
      trace_id: '',
      span_id: '',
    },
    sql: `SELECT m.name AS name, sv.text AS service, s.attributes AS attributes, ${ms('x.time_ns')} AS time_ms, x.value AS value,
      lower(hex(x.trace_id)) AS trace_id, lower(hex(x.span_id)) AS span_id
    FROM exemplar x JOIN series s ON s.id = x.series JOIN metric m ON m.id = s.metric JOIN resource r ON r.id = s.resource
      JOIN strings sv ON sv.id = r.service`,
  },
  {
    name: 'errors',
    about: 'One row per error that happened; those with one fingerprint are one group.',
    columns: {
      fingerprint: '',
      type: '`exception.type` or `error.type`',
      message: 'of this very error',
      time_ms: 'Unix time in milliseconds',
      service: '',
      name: 'of the span, or the event name of the log record',
      trace_id: 'hexadecimal, or NULL',
      span_id: 'hexadecimal, or NULL',
    },
    sql: `SELECT g.fingerprint AS fingerprint, g.type AS type, e.message AS message, ${ms('e.time_ns')} AS time_ms, sv.text AS service, e.name AS name,
      lower(hex(t.trace_id)) AS trace_id, lower(hex(e.span_id)) AS span_id
    FROM error_event e JOIN error_group g ON g.id = e.error JOIN strings sv ON sv.id = e.service LEFT JOIN trace t ON t.id = e.trace`,
  },
];

/** Everything that a new file needs. */
export function schemaSql(): string {
  return `${tables}${views.map(({ name, sql }) => `CREATE VIEW ${name} AS ${sql};`).join('\n')}\nPRAGMA user_version = ${SCHEMA_VERSION};`;
}
