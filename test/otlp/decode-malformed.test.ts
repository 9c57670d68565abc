import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { OtlpDecodeError } from '../../src/otlp/decode-error.ts';
import { decodeLogs, decodeLogsJson, decodeMetrics, decodeMetricsJson, decodeTraces, decodeTracesJson } from '../../src/otlp/decode.ts';
import { readProtobuf } from '../../src/otlp/protobuf-reader.ts';
import { arbitraryPayload } from './arbitrary-payload.ts';
import { encodeOfficially, officialData } from './official-schema.ts';

const byteDecoders = [decodeTraces, decodeMetrics, decodeLogs];
const textDecoders = [decodeTracesJson, decodeMetricsJson, decodeLogsJson];

test('random bytes end in records or in the one documented error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => byteDecoders.forEach((decode) => onlyDocumentedErrors(() => decode(bytes)))),
    { numRuns: 1000 },
  );
});

test('a valid payload with a few bytes changed ends in records or in the one documented error', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
  const property = fc.property(arbitraryPayload(officialData.MetricsData), changes, (object, changed) => {
    const bytes = encodeOfficially(officialData.MetricsData, object);
    for (const [place, value] of changed) if (bytes.length > 0) bytes[place % bytes.length] = value;
    onlyDocumentedErrors(() => decodeMetrics(bytes));
  });
  fc.assert(property, { numRuns: 300 });
});

test('every cut of a payload inside a message is refused, and nothing is read beyond its end', () => {
  const bytes = encodeOfficially(officialData.TracesData, {
    resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'work', startTimeUnixNano: '1', flags: 1 }] }] }],
  });
  const padded = Buffer.concat([bytes, Buffer.alloc(64, 0xff)]);
  for (let length = 1; length < bytes.length; length += 1) {
    assert.throws(() => decodeTraces(padded.subarray(0, length)), OtlpDecodeError, `cut after ${length} bytes`);
  }
  assert.equal(decodeTraces(padded.subarray(0, bytes.length)).length, 1);
});

test('any JSON value and any text end in records or in the one documented error', () => {
  fc.assert(fc.property(fc.string(), (text) => textDecoders.forEach((decode) => onlyDocumentedErrors(() => decode(text)))));
  const shaped = fc
    .jsonValue()
    .map((value) =>
      JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [value, { attributes: value }, { startTimeUnixNano: value }] }] }] }),
    );
  fc.assert(fc.property(fc.oneof(fc.json(), shaped), (text) => textDecoders.forEach((decode) => onlyDocumentedErrors(() => decode(text)))));
});

const malformed: readonly (readonly [what: string, hex: string])[] = [
  ['field number 0', '0001'],
  ['a varint of eleven bytes', '18' + 'ff'.repeat(10) + '01'],
  ['a length beyond the end', '0a7f'],
  ['a length beyond 32 bits', '0affffffffff7f'],
  ['the end of a group that never began', 'a406'],
  ['a group without an end', 'a306'],
  ['a wire type that does not exist', 'a606'],
];
for (const [what, hex] of malformed) {
  test(`${what} is refused`, () => {
    for (const decode of byteDecoders) assert.throws(() => decode(Buffer.from(hex, 'hex')), OtlpDecodeError);
  });
}

test('nesting beyond a hundred levels is refused in both encodings, and less is not', () => {
  const nestedBytes = (levels: number): Uint8Array => {
    let bytes = Buffer.alloc(0);
    for (let level = 0; level < levels; level += 1) {
      const list = Buffer.concat([Buffer.from([0x0a]), lengthOf(bytes), bytes]);
      bytes = Buffer.concat([Buffer.from([0x2a]), lengthOf(list), list]);
    }
    return bytes;
  };
  assert.doesNotThrow(() => readProtobuf('AnyValue', nestedBytes(40)));
  assert.throws(() => readProtobuf('AnyValue', nestedBytes(60)), OtlpDecodeError);
  assert.throws(() => readProtobuf('AnyValue', Buffer.alloc(100_000, 'a306', 'hex')), OtlpDecodeError);

  const nestedText = (levels: number): string =>
    `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${'{"arrayValue":{"values":['.repeat(levels)}${']}}'.repeat(levels)}}]}]}]}`;
  assert.doesNotThrow(() => decodeLogsJson(nestedText(40)));
  assert.throws(() => decodeLogsJson(nestedText(60)), OtlpDecodeError);
  assert.throws(() => decodeLogsJson(nestedText(100_000).replace('{', '{"id":1234567890123456789,')), OtlpDecodeError);
});

const wrongJson: readonly (readonly [what: string, span: string, message: RegExp])[] = [
  [
    'an id that is not hex',
    '{"traceId":"CvdlGRbNQ92ESOshHIAxnA=="}',
    /^Span\.traceId is "CvdlGRbNQ92ESOshHIAxnA=="; it must be a string of hex digits\.$/,
  ],
  ['an enum given by its name', '{"kind":"SPAN_KIND_SERVER"}', /^Span\.kind is "SPAN_KIND_SERVER"; it must be an enum number\.$/],
  [
    'a time below zero',
    '{"startTimeUnixNano":"-1"}',
    /^Span\.startTimeUnixNano is "-1"; it must be an integer from 0 to 18446744073709551615\.$/,
  ],
  ['an object in the place of a list', '{"attributes":{}}', /^Span\.attributes is an object; it must be an array\.$/],
];
for (const [what, span, message] of wrongJson) {
  test(`${what} is refused with the field, what was given and what is allowed`, () => {
    assert.throws(() => decodeTracesJson(`{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`), {
      name: 'OtlpDecodeError',
      code: 'OTLP_MALFORMED',
      message,
    });
  });
}

function lengthOf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.length < 0x80 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7]);
}

function onlyDocumentedErrors(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof OtlpDecodeError, String(error));
  }
}

test('a body of more values than anybody sends is refused before it fills the memory', () => {
  const spans = Buffer.alloc(10_000_000);
  for (let i = 0; i < spans.length; i += 2) spans[i] = 0x12; // an empty span: field 2, length 0
  const wrapped = wrap(0x0a, wrap(0x12, spans));
  assert.throws(() => decodeTraces(wrapped), { name: 'OtlpDecodeError', message: /more than 4000000 values/ });
  const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[${'{},'.repeat(4_200_000)}{}]}]}]}`;
  assert.throws(() => decodeTracesJson(text), { name: 'OtlpDecodeError', message: /more than 4000000 values/ });
});

function wrap(tag: number, content: Buffer): Buffer {
  const head = [tag];
  let rest = content.length;
  for (; rest > 127; rest >>>= 7) head.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([...head, rest]), content]);
}
