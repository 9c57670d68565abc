/** An ended span -> one `Span` message. https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto */
import type { SpanContext, TraceState } from '@opentelemetry/api';
import type { TimedEvent } from '@opentelemetry/sdk-trace';
import type { ByteWriter } from '../otlp/byte-writer.ts';
import { encodeAttribute, encodeAttributes, encodeHex } from '../otlp/encode-value.ts';
import type { AttributeList } from './attributes.ts';
import type { Moment } from './clock.ts';
import { Identity } from './ids.ts';
import type { LeanSpan, RecordedLink } from './span.ts';

/** In `flags`, above the eight bits of the trace flags: it is known whether the context came from another process, and it did. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** As an element of field 2 of `ScopeSpans`. */
export function encodeSpan(writer: ByteWriter, span: LeanSpan): void {
  const message = writer.begin(2, 2);
  const { parent } = span;
  encodeIds(writer, span);
  if (span.traceState) encodeState(writer, span.traceState);
  encodeParent(writer, parent);
  writer.string(5, span.name);
  writer.tag(6, 0);
  writer.varint(span.kind + 1);
  encodeMoment(writer, 7, span.start);
  encodeMoment(writer, 8, span.finished);
  const { shared } = span.attributeList;
  if (shared !== undefined) writer.raw(shared.encoded);
  encodeList(writer, 9, span.attributeList);
  if (span.attributeList.dropped > 0) encodeCount(writer, 10, span.attributeList.dropped);
  for (const event of span.events) encodeEvent(writer, event);
  if (span.droppedEventsCount > 0) encodeCount(writer, 12, span.droppedEventsCount);
  for (const link of span.links) encodeLink(writer, link);
  if (span.droppedLinksCount > 0) encodeCount(writer, 14, span.droppedLinksCount);
  const { code, message: text } = span.status;
  if (code !== 0) {
    const status = writer.begin(15);
    if (text) writer.string(2, text);
    encodeCount(writer, 3, code);
    writer.end(status);
  }
  writer.tag(16, 5);
  writer.fixed32(
    span.traceFlags | HAS_IS_REMOTE | (parent !== undefined && !(parent instanceof Identity) && parent.isRemote ? IS_REMOTE : 0),
  );
  writer.end(message);
}

/** Trace id as field 1, span id as field 2. */
function encodeIds(writer: ByteWriter, { t0, t1, t2, t3, s0, s1 }: Identity): void {
  const bytes = writer.room(28);
  let at = writer.length;
  bytes[at] = 0x0a;
  bytes[at + 1] = 16;
  at = putPart(bytes, putPart(bytes, putPart(bytes, putPart(bytes, at + 2, t0), t1), t2), t3);
  bytes[at] = 0x12;
  bytes[at + 1] = 8;
  writer.length = putPart(bytes, putPart(bytes, at + 2, s0), s1);
}

/** One 32-bit part of an id; returns where the next one goes. */
export function putPart(bytes: Uint8Array, at: number, part: number): number {
  bytes[at] = part >>> 24;
  bytes[at + 1] = part >>> 16;
  bytes[at + 2] = part >>> 8;
  bytes[at + 3] = part;
  return at + 4;
}

function encodeParent(writer: ByteWriter, parent: Identity | SpanContext | undefined): void {
  if (parent === undefined) return;
  if (!(parent instanceof Identity)) {
    encodeHex(writer, 4, parent.spanId);
    return;
  }
  const bytes = writer.room(10);
  const at = writer.length;
  bytes[at] = 0x22;
  bytes[at + 1] = 8;
  writer.length = putPart(bytes, putPart(bytes, at + 2, parent.s0), parent.s1);
}

export function encodeMoment(writer: ByteWriter, field: number, moment: Moment): void {
  if (typeof moment === 'number') writer.timeMs(field, moment);
  else writer.time(field, moment[0], moment[1]);
}

export function encodeList(writer: ByteWriter, field: number, { keys, values }: AttributeList): void {
  for (let i = 0; i < keys.length; i++) encodeAttribute(writer, field, keys[i] as string, values[i]);
}

export function encodeCount(writer: ByteWriter, field: number, count: number): void {
  writer.tag(field, 0);
  writer.varint(count);
}

/** As field 3 of spans and of links. Nothing for one that an app made and that fails. */
function encodeState(writer: ByteWriter, state: TraceState): void {
  let text: unknown;
  try {
    text = state.serialize();
  } catch {
    return;
  }
  if (typeof text === 'string' && text !== '') writer.string(3, text);
}

function encodeEvent(writer: ByteWriter, event: TimedEvent): void {
  const message = writer.begin(11, 2);
  writer.time(1, event.time[0], event.time[1]);
  writer.string(2, event.name);
  if (event.attributes) encodeAttributes(writer, 3, event.attributes);
  if (event.droppedAttributesCount) encodeCount(writer, 4, event.droppedAttributesCount);
  writer.end(message);
}

function encodeLink(writer: ByteWriter, { context, attributes, droppedAttributesCount }: RecordedLink): void {
  const message = writer.begin(13);
  encodeHex(writer, 1, context.traceId);
  encodeHex(writer, 2, context.spanId);
  if (context.traceState) encodeState(writer, context.traceState);
  encodeAttributes(writer, 4, attributes);
  if (droppedAttributesCount > 0) encodeCount(writer, 5, droppedAttributesCount);
  writer.tag(6, 5);
  writer.fixed32((context.traceFlags & 0xff) | HAS_IS_REMOTE | (context.isRemote ? IS_REMOTE : 0));
  writer.end(message);
}
