/** Context that comes in and goes out in each format, and who decides whether a trace is recorded. */
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { root, runApp } from '../support/run-app.ts';
import type { AppResult } from '../support/run-app.ts';

const app = join(root, 'test', 'fixtures', 'protocols', 'propagation.cjs');
const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

type Headers = Readonly<Record<string, string>>;

/** Sends one request with these headers; `onward` are the headers with which the app asked the next server. */
async function ask(headers: Headers, env: Headers = {}): Promise<AppResult & { readonly onward: Headers }> {
  let onward: Headers = {};
  const result = await runApp({
    app,
    env: { OTEL_METRICS_EXPORTER: 'none', ...env },
    async actions(running) {
      await running.waitForOutput('ready');
      const port = Number(/ready (\d+)/.exec(running.stdout)?.[1]);
      onward = await new Promise<Headers>((resolve, reject) => {
        get({ host: '127.0.0.1', port, agent: false, headers: { ...headers, connection: 'close' } }, async (response) => {
          resolve(JSON.parse((await response.toArray()).join('')) as Headers);
        }).on('error', reject);
      });
    },
  });
  return { ...result, onward };
}

interface Format {
  readonly incoming: Headers;
  /** What goes out, by header; CLIENT stands for the id of the client span. */
  readonly outgoing: Readonly<Record<string, string>>;
}

const formats: Readonly<Record<string, Format>> = {
  tracecontext: {
    incoming: { traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'vendor=1' },
    outgoing: { traceparent: `00-${traceId}-CLIENT-01`, tracestate: 'vendor=1' },
  },
  b3: { incoming: { b3: `${traceId}-${spanId}-1` }, outgoing: { b3: `${traceId}-CLIENT-1` } },
  b3multi: {
    incoming: { 'x-b3-traceid': traceId, 'x-b3-spanid': spanId, 'x-b3-sampled': '1' },
    outgoing: { 'x-b3-traceid': traceId, 'x-b3-spanid': 'CLIENT', 'x-b3-sampled': '1' },
  },
  jaeger: { incoming: { 'uber-trace-id': `${traceId}:${spanId}:0:1` }, outgoing: { 'uber-trace-id': `${traceId}:CLIENT:0:01` } },
  xray: {
    incoming: { 'x-amzn-trace-id': `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId};Sampled=1` },
    outgoing: { 'x-amzn-trace-id': `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=CLIENT;Sampled=1` },
  },
};

describe('OTEL_PROPAGATORS', () => {
  for (const [name, { incoming, outgoing }] of Object.entries(formats)) {
    test(`${name} is read from the request that comes in and written to the one that goes out`, async () => {
      const { receiver, onward } = await ask(incoming, { OTEL_PROPAGATORS: name });
      const server = receiver.spans.find(({ kind }) => kind === 'server')!;
      const client = receiver.spans.find(({ kind }) => kind === 'client')!;
      assert.deepEqual([server.traceId, server.parentSpanId, client.parentSpanId], [traceId, spanId, server.spanId]);
      for (const [header, value] of Object.entries(outgoing)) assert.equal(onward[header], value.replace('CLIENT', client.spanId), header);
    });
  }

  test('by default it is W3C: trace context and baggage, and nothing else', async () => {
    const { onward } = await ask({ ...formats['tracecontext']!.incoming, ...formats['b3']!.incoming, baggage: 'tenant=acme' });
    assert.deepEqual(Object.keys(onward).sort(), ['baggage', 'connection', 'host', 'traceparent', 'tracestate']);
    assert.equal(onward['baggage'], 'tenant=acme');
  });

  test('several formats are all written', async () => {
    const { onward } = await ask({}, { OTEL_PROPAGATORS: 'tracecontext,b3,b3multi,jaeger,xray' });
    for (const { outgoing } of Object.values(formats))
      for (const header of Object.keys(outgoing).filter((one) => one !== 'tracestate')) assert.ok(onward[header], header);
  });

  test('none reads and writes nothing', async () => {
    const { receiver, onward } = await ask(formats['tracecontext']!.incoming, { OTEL_PROPAGATORS: 'none' });
    assert.deepEqual(Object.keys(onward).sort(), ['connection', 'host']);
    assert.notEqual(receiver.spans[0]!.traceId, traceId);
  });
});

describe('OTEL_TRACES_SAMPLER', () => {
  const sampled = { traceparent: `00-${traceId}-${spanId}-01` };
  const unsampled = { traceparent: `00-${traceId}-${spanId}-00` };
  const cases: readonly [sampler: string, argument: string | undefined, incoming: Headers, recorded: boolean][] = [
    ['always_on', undefined, unsampled, true],
    ['always_off', undefined, sampled, false],
    ['traceidratio', '0', sampled, false],
    ['traceidratio', '1', unsampled, true],
    ['parentbased_always_on', undefined, {}, true],
    ['parentbased_always_on', undefined, unsampled, false],
    ['parentbased_always_off', undefined, {}, false],
    ['parentbased_always_off', undefined, sampled, true],
    ['parentbased_traceidratio', '0', {}, false],
    ['parentbased_traceidratio', '0', sampled, true],
    ['parentbased_traceidratio', '1', unsampled, false],
  ];
  for (const [sampler, argument, incoming, recorded] of cases) {
    const parent = incoming === sampled ? 'a sampled parent' : incoming === unsampled ? 'an unsampled parent' : 'no parent';
    test(`${sampler}${argument === undefined ? '' : ` ${argument}`} with ${parent} ${recorded ? 'records' : 'records nothing, and tells the next service'}`, async () => {
      const { receiver, onward } = await ask(incoming, {
        OTEL_TRACES_SAMPLER: sampler,
        ...(argument !== undefined && { OTEL_TRACES_SAMPLER_ARG: argument }),
      });
      assert.equal(receiver.spans.length, recorded ? 2 : 0);
      assert.equal(onward['traceparent']?.slice(-2), recorded ? '01' : '00');
      if (parent !== 'no parent') assert.equal(onward['traceparent']?.slice(3, 35), traceId);
    });
  }
});
