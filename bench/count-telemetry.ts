/**
 * A request to a telemetry endpoint -> how many spans, log records and data points are in it. Walks over the protobuf by the lengths in it and decodes
 * nothing: the sink shares its core with the load, and must stay cheap.
 */

export interface Counts {
  readonly spans: number;
  readonly logs: number;
  readonly points: number;
}

const none: Counts = { spans: 0, logs: 0, points: 0 };

export interface TelemetryRequest {
  readonly path: string;
  readonly contentType: string;
  /** Datadog's agent protocol tells in a header how many traces a request holds. */
  readonly traceCount: string | undefined;
  /** Decompressed. */
  readonly body: Buffer;
}

/** Anything unknown or broken counts as nothing: the table then says that nothing arrived. */
export function countTelemetry({ path, contentType, traceCount, body }: TelemetryRequest): Counts {
  const json = contentType.includes('json');
  if (path.endsWith('/v1/traces')) return { ...none, spans: json ? occurrences(body, '"spanId"') : countAt(body, [1, 2, 2]) };
  if (path.endsWith('/v1/logs')) return { ...none, logs: json ? occurrences(body, '"observedTimeUnixNano"') : countAt(body, [1, 2, 2]) };
  if (path.endsWith('/v1/metrics')) return { ...none, points: json ? occurrences(body, '"timeUnixNano"') : countPoints(body) };
  if (traceCount !== undefined) return { ...none, spans: Number(traceCount) || 0 };
  if (path.includes('/envelope')) return countEnvelope(body);
  return none;
}

/** Fields of `Metric` that hold data points: gauge, sum, histogram, exponential histogram, summary. Their points are field 1 of each. */
const pointHolders = [5, 7, 9, 10, 11];

function countPoints(body: Buffer): number {
  return pointHolders.reduce((sum, field) => sum + countAt(body, [1, 2, 2, field, 1]), 0);
}

/** How many length-delimited fields lie at a path of field numbers. */
function countAt(bytes: Buffer, path: readonly number[], start = 0, end: number = bytes.length, depth = 0): number {
  let count = 0;
  let at = start;
  const varint = (): number => {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  while (at < end) {
    const tag = varint();
    const wireType = tag & 7;
    if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const length = varint();
      if (tag >>> 3 === path[depth]) count += depth === path.length - 1 ? 1 : countAt(bytes, path, at, at + length, depth + 1);
      at += length;
    } else return count;
  }
  return count;
}

/** Sentry: lines of JSON. One transaction is a root span with its children in `spans`; logs come many in one item, with the number in its header. */
function countEnvelope(body: Buffer): Counts {
  let spans = 0;
  let logs = 0;
  for (const line of body.toString('utf8').split('\n')) {
    if (!line.startsWith('{')) continue;
    const item = parseObject(line);
    const children = item['spans'];
    if (item['type'] === 'transaction' && item['contexts'] !== undefined) spans += 1 + (Array.isArray(children) ? children.length : 0);
    if ((item['type'] === 'log' || item['type'] === 'span') && typeof item['item_count'] === 'number') {
      if (item['type'] === 'log') logs += item['item_count'];
      else spans += item['item_count'];
    }
  }
  return { spans, logs, points: 0 };
}

function parseObject(line: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function occurrences(body: Buffer, text: string): number {
  let count = 0;
  for (let at = body.indexOf(text); at >= 0; at = body.indexOf(text, at + text.length)) count++;
  return count;
}
