/**
 * The answer to an export -> what the other side refused. The three signals' answers have the same shape: partial_success (1) { rejected (1), message (2) }.
 * https://opentelemetry.io/docs/specs/otlp/#partial-success
 */

export interface PartialSuccess {
  /** Spans, points or records that were not taken. */
  readonly rejected: number;
  /** Why, or a warning when none was rejected. */
  readonly message: string;
}

/** Undefined when everything was taken, and when the answer is no answer. */
export function decodePartialSuccess(encoding: 'protobuf' | 'json', body: Uint8Array): PartialSuccess | undefined {
  if (body.byteLength === 0) return undefined;
  try {
    return encoding === 'json' ? fromJson(body) : fromProtobuf(body);
  } catch {
    return undefined;
  }
}

function fromJson(body: Uint8Array): PartialSuccess | undefined {
  const { partialSuccess } = JSON.parse(Buffer.from(body).toString()) as { partialSuccess?: Readonly<Record<string, unknown>> };
  if (!partialSuccess) return undefined;
  const { errorMessage = '', ...counts } = partialSuccess;
  return { rejected: Number(Object.values(counts)[0] ?? 0), message: String(errorMessage) };
}

function fromProtobuf(body: Uint8Array): PartialSuccess | undefined {
  let rejected = 0;
  let message = '';
  let found = false;
  for (const [field, part] of fieldsOf(body)) {
    if (field !== 1 || typeof part === 'number') continue;
    found = true;
    for (const [inner, value] of fieldsOf(part)) {
      if (inner === 1 && typeof value === 'number') rejected = value;
      if (inner === 2 && typeof value !== 'number') message = Buffer.from(value).toString();
    }
  }
  return found ? { rejected, message } : undefined;
}

/** The varints and the length-delimited fields of a message; others are skipped. */
function* fieldsOf(bytes: Uint8Array): Generator<readonly [field: number, value: number | Uint8Array]> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('a field ends after the message');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const wire = key & 7;
    if (wire === 0) yield [key >>> 3, varint()];
    else if (wire === 2) {
      const length = varint();
      yield [key >>> 3, bytes.subarray(at, (at += length))];
    } else if (wire === 1 || wire === 5) at += wire === 1 ? 8 : 4;
    else throw new RangeError(`wire type ${wire}`);
  }
}
