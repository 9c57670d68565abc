/** The collector's second line: no secret of the table gets out of it, in whatever place it comes in, and nothing harmless is changed. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Received } from '../../src/otlp/inbox.ts';
import { type Receiver, startReceiver } from '../../src/otlp/receiver.ts';
import { type Collector, startCollector } from './collector.ts';
import { encodeAttributes, encodeValue, type Fields, logsOf, metricsOf, nanoseconds, post, tracesOf } from './otlp-json.ts';
import { findProgram } from './programs.ts';
import { harmless, secretKeys, secretTexts } from './secrets.ts';

const program = await findProgram('otelcol');
const skip = program.missing ?? false;

let backend: Receiver;
let collector: Collector;

before(async () => {
  if (program.path === undefined) return;
  backend = await startReceiver({ grpc: true });
  collector = await startCollector({ program: program.path, grpcUrl: backend.grpcUrl as string, httpUrl: backend.url });
});
beforeEach(() => backend?.clear());
after(async () => {
  await collector?.[Symbol.asyncDispose]();
  await backend?.close();
});

async function send(signal: 'traces' | 'logs' | 'metrics', body: Record<string, unknown>): Promise<void> {
  assert.equal(await post(collector.url, signal, body), 200);
}

let spans = 0;
const now = (): string => nanoseconds(Date.now());
function sendSpan(span: Record<string, unknown>, resourceAttributes: Fields = {}): Promise<void> {
  const spanId = (++spans).toString(16).padStart(16, '0');
  const whole = {
    traceId: spanId.padStart(32, 'a'),
    spanId,
    kind: 2,
    name: 'GET /',
    startTimeUnixNano: now(),
    endTimeUnixNano: now(),
    ...span,
  };
  return send('traces', tracesOf('redaction-test', [whole], resourceAttributes));
}
const sendLog = (record: Record<string, unknown>): Promise<void> =>
  send('logs', logsOf('redaction-test', [{ timeUnixNano: now(), severityNumber: 9, ...record }]));
const sendMetric = (attributes: Fields): Promise<void> => {
  const dataPoints = [{ timeUnixNano: now(), asInt: 1, attributes: encodeAttributes(attributes) }];
  return send('metrics', metricsOf('redaction-test', [{ name: 'm', gauge: { dataPoints } }]));
};

/** Each place where a text may stand. The mark tells that what was sent has arrived. */
const places: Readonly<Record<string, (text: string, mark: string) => Promise<void>>> = {
  "a span's name": (text, mark) => sendSpan({ name: text, attributes: encodeAttributes({ mark }) }),
  "a span's status": (text, mark) => sendSpan({ status: { code: 2, message: text }, attributes: encodeAttributes({ mark }) }),
  "a span's attribute": (text, mark) => sendSpan({ attributes: encodeAttributes({ note: text, mark }) }),
  'a list of a span': (text, mark) => sendSpan({ attributes: encodeAttributes({ 'http.request.header.x-note': ['plain', text], mark }) }),
  'an exception of a span': (text, mark) =>
    sendSpan({
      attributes: encodeAttributes({ mark }),
      events: [
        {
          name: 'exception',
          timeUnixNano: now(),
          attributes: encodeAttributes({ 'exception.message': text, 'exception.stacktrace': `Error: ${text}\n    at f (a.js:1:1)` }),
        },
      ],
    }),
  'a resource': (text, mark) =>
    sendSpan({ attributes: encodeAttributes({ mark }) }, { 'process.command_args': ['node', text], note: text }),
  "a log record's body": (text, mark) => sendLog({ body: { stringValue: text }, attributes: encodeAttributes({ mark }) }),
  "a log record's body of fields": (text, mark) =>
    sendLog({ body: encodeValue({ outer: { inner: [text] } }), attributes: encodeAttributes({ mark }) }),
  "a log record's attribute": (text, mark) => sendLog({ body: { stringValue: 'x' }, attributes: encodeAttributes({ note: text, mark }) }),
  "a log record's nested attribute": (text, mark) =>
    sendLog({ body: { stringValue: 'x' }, attributes: encodeAttributes({ error: { cause: { message: text } }, mark }) }),
  "a metric's attribute": (text, mark) => sendMetric({ note: text, mark }),
};

const everything = ({ spans: s, logs, metrics }: Received): string =>
  JSON.stringify([s, logs, metrics.filter(({ name }) => name === 'm')], (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

for (const [place, put] of Object.entries(places)) {
  test(`no secret gets out of ${place}`, { skip }, async () => {
    for (const [index, { text }] of secretTexts.entries()) await put(text.replaceAll(/[⟦⟧]/g, ''), `${place} ${index}`);
    await backend.waitFor(
      (received) => secretTexts.every((_, index) => everything(received).includes(escaped(`${place} ${index}`))),
      120_000,
    );
    const arrived = everything(backend);
    const leaked = secretTexts.filter(({ text }) => arrived.includes(escaped(/⟦(.*)⟧/s.exec(text)?.[1] ?? '')));
    assert.deepEqual(
      leaked.map(({ what }) => what),
      [],
    );
  });
}

test('attributes whose name tells of a secret lose their value, whatever its type', { skip }, async () => {
  const values = Object.fromEntries(secretKeys.map((key, index) => [key, index % 2 === 0 ? `value-${index}` : 7_700_000 + index]));
  await sendSpan({ attributes: encodeAttributes({ mark: 'keys', ...values }) });
  await sendLog({ body: encodeValue({ mark: 'keys of a body', fields: values }) });
  await sendLog({ body: { stringValue: 'x' }, attributes: encodeAttributes({ mark: 'nested keys', request: { headers: values } }) });
  await backend.waitFor((received) => received.spans.length === 1 && received.logs.length === 2, 120_000);
  const arrived = everything(backend);
  assert.deepEqual(
    secretKeys.filter((key) => arrived.includes(String(values[key]))),
    [],
  );
  assert.equal(backend.spans[0]?.attributes['password'], '****');
});

test('what only looks like a secret stays as it was', { skip }, async () => {
  await sendSpan({ name: 'GET /accounts/:id/password', attributes: encodeAttributes(harmless) });
  await sendLog({ body: { stringValue: Object.values(harmless).join(' | ') }, attributes: encodeAttributes(harmless) });
  await backend.waitFor((received) => received.spans.length === 1 && received.logs.length === 1, 120_000);
  assert.equal(backend.spans[0]?.name, 'GET /accounts/:id/password');
  assert.deepEqual(backend.spans[0]?.attributes, harmless);
  assert.deepEqual(backend.logs[0]?.attributes, harmless);
  assert.equal(backend.logs[0]?.body, Object.values(harmless).join(' | '));
});

test('literals and parameters of a statement become question marks', { skip }, async () => {
  const text = "SELECT * FROM accounts WHERE name = 'Ada Lovelace' AND id = $1";
  await sendSpan({
    kind: 3,
    name: 'SELECT accounts',
    attributes: encodeAttributes({ 'db.system.name': 'postgresql', 'db.query.text': text }),
  });
  await backend.waitFor((received) => received.spans.length === 1, 120_000);
  assert.equal(backend.spans[0]?.attributes['db.query.text'], 'SELECT * FROM accounts WHERE name = ? AND id = ?');
  assert.equal(backend.spans[0]?.name, 'SELECT accounts');
});
