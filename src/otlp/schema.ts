/**
 * The OTLP messages as data: for each message its fields, and for each field its number, type and label.
 * Both readers, of protobuf bytes and of JSON text, are driven by this table; a test compares it with the official .proto files (v1.11.0).
 */

/**
 * Each field is written `number type`, `number repeated type`, or `number oneof type`; no message has more than one oneof. The types are
 * those of protobuf, with two additions: `id` is bytes shown as hex, `enum` is any enumeration, kept as its number. Left out, as no
 * record shows them: the string table indexes of the profiles signal, and the entity references of resources, which only name
 * attributes that stand in the resource anyway.
 */
export const schema = {
  TracesData: { resourceSpans: '1 repeated ResourceSpans' },
  ResourceSpans: { resource: '1 Resource', scopeSpans: '2 repeated ScopeSpans', schemaUrl: '3 string' },
  ScopeSpans: { scope: '1 InstrumentationScope', spans: '2 repeated Span', schemaUrl: '3 string' },
  Span: {
    traceId: '1 id',
    spanId: '2 id',
    traceState: '3 string',
    parentSpanId: '4 id',
    flags: '16 fixed32',
    name: '5 string',
    kind: '6 enum',
    startTimeUnixNano: '7 fixed64',
    endTimeUnixNano: '8 fixed64',
    attributes: '9 repeated KeyValue',
    droppedAttributesCount: '10 uint32',
    events: '11 repeated SpanEvent',
    droppedEventsCount: '12 uint32',
    links: '13 repeated SpanLink',
    droppedLinksCount: '14 uint32',
    status: '15 Status',
  },
  SpanEvent: {
    timeUnixNano: '1 fixed64',
    name: '2 string',
    attributes: '3 repeated KeyValue',
    droppedAttributesCount: '4 uint32',
  },
  SpanLink: {
    traceId: '1 id',
    spanId: '2 id',
    traceState: '3 string',
    attributes: '4 repeated KeyValue',
    droppedAttributesCount: '5 uint32',
    flags: '6 fixed32',
  },
  Status: { message: '2 string', code: '3 enum' },

  LogsData: { resourceLogs: '1 repeated ResourceLogs' },
  ResourceLogs: { resource: '1 Resource', scopeLogs: '2 repeated ScopeLogs', schemaUrl: '3 string' },
  ScopeLogs: { scope: '1 InstrumentationScope', logRecords: '2 repeated LogRecord', schemaUrl: '3 string' },
  LogRecord: {
    timeUnixNano: '1 fixed64',
    observedTimeUnixNano: '11 fixed64',
    severityNumber: '2 enum',
    severityText: '3 string',
    body: '5 AnyValue',
    attributes: '6 repeated KeyValue',
    droppedAttributesCount: '7 uint32',
    flags: '8 fixed32',
    traceId: '9 id',
    spanId: '10 id',
    eventName: '12 string',
  },

  MetricsData: { resourceMetrics: '1 repeated ResourceMetrics' },
  ResourceMetrics: { resource: '1 Resource', scopeMetrics: '2 repeated ScopeMetrics', schemaUrl: '3 string' },
  ScopeMetrics: { scope: '1 InstrumentationScope', metrics: '2 repeated Metric', schemaUrl: '3 string' },
  Metric: {
    name: '1 string',
    description: '2 string',
    unit: '3 string',
    gauge: '5 oneof Gauge',
    sum: '7 oneof Sum',
    histogram: '9 oneof Histogram',
    exponentialHistogram: '10 oneof ExponentialHistogram',
    summary: '11 oneof Summary',
    metadata: '12 repeated KeyValue',
  },
  Gauge: { dataPoints: '1 repeated NumberDataPoint' },
  Sum: { dataPoints: '1 repeated NumberDataPoint', aggregationTemporality: '2 enum', isMonotonic: '3 bool' },
  Histogram: { dataPoints: '1 repeated HistogramDataPoint', aggregationTemporality: '2 enum' },
  ExponentialHistogram: { dataPoints: '1 repeated ExponentialHistogramDataPoint', aggregationTemporality: '2 enum' },
  Summary: { dataPoints: '1 repeated SummaryDataPoint' },
  NumberDataPoint: {
    attributes: '7 repeated KeyValue',
    startTimeUnixNano: '2 fixed64',
    timeUnixNano: '3 fixed64',
    asDouble: '4 oneof double',
    asInt: '6 oneof sfixed64',
    exemplars: '5 repeated Exemplar',
    flags: '8 uint32',
  },
  HistogramDataPoint: {
    attributes: '9 repeated KeyValue',
    startTimeUnixNano: '2 fixed64',
    timeUnixNano: '3 fixed64',
    count: '4 fixed64',
    sum: '5 double',
    bucketCounts: '6 repeated fixed64',
    explicitBounds: '7 repeated double',
    exemplars: '8 repeated Exemplar',
    flags: '10 uint32',
    min: '11 double',
    max: '12 double',
  },
  ExponentialHistogramDataPoint: {
    attributes: '1 repeated KeyValue',
    startTimeUnixNano: '2 fixed64',
    timeUnixNano: '3 fixed64',
    count: '4 fixed64',
    sum: '5 double',
    scale: '6 sint32',
    zeroCount: '7 fixed64',
    positive: '8 Buckets',
    negative: '9 Buckets',
    flags: '10 uint32',
    exemplars: '11 repeated Exemplar',
    min: '12 double',
    max: '13 double',
    zeroThreshold: '14 double',
  },
  Buckets: { offset: '1 sint32', bucketCounts: '2 repeated uint64' },
  SummaryDataPoint: {
    attributes: '7 repeated KeyValue',
    startTimeUnixNano: '2 fixed64',
    timeUnixNano: '3 fixed64',
    count: '4 fixed64',
    sum: '5 double',
    quantileValues: '6 repeated ValueAtQuantile',
    flags: '8 uint32',
  },
  ValueAtQuantile: { quantile: '1 double', value: '2 double' },
  Exemplar: {
    filteredAttributes: '7 repeated KeyValue',
    timeUnixNano: '2 fixed64',
    asDouble: '3 oneof double',
    asInt: '6 oneof sfixed64',
    spanId: '4 id',
    traceId: '5 id',
  },

  Resource: { attributes: '1 repeated KeyValue', droppedAttributesCount: '2 uint32' },
  InstrumentationScope: {
    name: '1 string',
    version: '2 string',
    attributes: '3 repeated KeyValue',
    droppedAttributesCount: '4 uint32',
  },
  KeyValue: { key: '1 string', value: '2 AnyValue' },
  AnyValue: {
    stringValue: '1 oneof string',
    boolValue: '2 oneof bool',
    intValue: '3 oneof int64',
    doubleValue: '4 oneof double',
    arrayValue: '5 oneof ArrayValue',
    kvlistValue: '6 oneof KeyValueList',
    bytesValue: '7 oneof bytes',
  },
  ArrayValue: { values: '1 repeated AnyValue' },
  KeyValueList: { values: '1 repeated KeyValue' },
} as const;

/** What each scalar type reads to. Unsigned 64-bit values are always bigint; signed ones are numbers as long as they are safe integers. */
export interface ScalarValues {
  string: string;
  id: string;
  bytes: Uint8Array;
  bool: boolean;
  enum: number;
  sint32: number;
  uint32: number;
  fixed32: number;
  int64: number | bigint;
  sfixed64: number | bigint;
  uint64: bigint;
  fixed64: bigint;
  double: number;
}

export type ScalarType = keyof ScalarValues;
export type MessageName = keyof typeof schema;

type Fields<N extends MessageName> = (typeof schema)[N];
type ValueOf<T> = T extends ScalarType ? ScalarValues[T] : T extends MessageName ? Message<T> : never;

/** A message as the readers hand it over: a field that was not sent is absent. */
export type Message<N extends MessageName> = {
  readonly [F in keyof Fields<N>]?: Fields<N>[F] extends `${number} repeated ${infer T}`
    ? readonly ValueOf<T>[]
    : Fields<N>[F] extends `${number} oneof ${infer T}` | `${number} ${infer T}`
      ? ValueOf<T>
      : never;
};

/** One field, ready for a reader's loop; `scalar` and `message` are each other's alternative. */
export interface FieldLayout {
  readonly name: string;
  readonly repeated: boolean;
  readonly oneof: boolean;
  readonly scalar?: ScalarType;
  readonly message?: MessageLayout;
}

/** One message, by field number for bytes and as a list for JSON. */
export interface MessageLayout {
  readonly name: string;
  readonly byNumber: (FieldLayout | undefined)[];
  readonly fields: FieldLayout[];
}

const layouts = createLayouts();

/** The layout of a message; layouts refer to each other, also in circles. */
export function layoutOf(name: MessageName): MessageLayout {
  return layouts.get(name)!;
}

function createLayouts(): ReadonlyMap<string, MessageLayout> {
  const result = new Map<string, MessageLayout>();
  for (const name of Object.keys(schema)) result.set(name, { name, byNumber: [], fields: [] });
  for (const [messageName, fields] of Object.entries<Record<string, string>>(schema)) {
    const layout = result.get(messageName)!;
    for (const [name, text] of Object.entries(fields)) {
      const [number, ...words] = text.split(' ');
      const type = words.pop()!;
      const message = result.get(type);
      const kind = message === undefined ? { scalar: type as ScalarType } : { message };
      const field: FieldLayout = { name, repeated: words[0] === 'repeated', oneof: words[0] === 'oneof', ...kind };
      layout.fields.push(field);
      while (layout.byNumber.length < Number(number)) layout.byNumber.push(undefined);
      layout.byNumber[Number(number)] = field;
    }
  }
  return result;
}
