/** A log record -> one `LogRecord` message. https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/logs/v1/logs.proto */
import type { ByteWriter } from '../otlp/byte-writer.ts';
import { encodeAnyValue, encodeHex } from '../otlp/encode-value.ts';
import { encodeCount, encodeList, encodeMoment, putPart } from './encode-span.ts';
import { Identity } from './ids.ts';
import type { LeanLogRecord } from './log-record.ts';

/** As an element of field 2 of `ScopeLogs`. */
export function encodeLog(writer: ByteWriter, record: LeanLogRecord): void {
  const message = writer.begin(2, 2);
  encodeMoment(writer, 1, record.at);
  if (record.severityNumber) encodeCount(writer, 2, record.severityNumber);
  if (record.severityText) writer.string(3, record.severityText);
  if (record.body !== undefined) {
    const body = writer.begin(5);
    encodeAnyValue(writer, record.body);
    writer.end(body);
  }
  encodeList(writer, 6, record.attributeList);
  if (record.attributeList.dropped > 0) encodeCount(writer, 7, record.attributeList.dropped);
  if (record.span) encodeSpanIds(writer, record.span);
  encodeMoment(writer, 11, record.observed);
  if (record.eventName) writer.string(12, record.eventName);
  writer.end(message);
}

/** Flags, trace id and span id as fields 8 to 10. */
function encodeSpanIds(writer: ByteWriter, span: NonNullable<LeanLogRecord['span']>): void {
  if (span.traceFlags) {
    writer.tag(8, 5);
    writer.fixed32(span.traceFlags & 0xff);
  }
  if (!(span instanceof Identity)) {
    encodeHex(writer, 9, span.traceId);
    encodeHex(writer, 10, span.spanId);
    return;
  }
  const bytes = writer.room(28);
  let at = writer.length;
  bytes[at] = 0x4a;
  bytes[at + 1] = 16;
  at = putPart(bytes, putPart(bytes, putPart(bytes, putPart(bytes, at + 2, span.t0), span.t1), span.t2), span.t3);
  bytes[at] = 0x52;
  bytes[at + 1] = 8;
  writer.length = putPart(bytes, putPart(bytes, at + 2, span.s0), span.s1);
}
