/** What becomes of telemetry that a collector does not take at once: nothing is lost, nothing is sent twice, nothing is said twice. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import protobuf from 'protobufjs';
import { startReceiver } from '../../src/testing.ts';
import type { Answer, Receiver } from '../../src/testing.ts';
import { root, runApp } from '../support/run-app.ts';
import type { AppResult } from '../support/run-app.ts';

const app = join(root, 'test', 'fixtures', 'protocols', 'signals.cjs');
const env = { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_BSP_SCHEDULE_DELAY: '20' };

interface Attempt {
  readonly at: number;
  readonly answer: number;
}

/** Answers the first requests as told, then accepts, and ends the app when the span has arrived, or at the bound. */
async function run(
  t: TestContext,
  answers: readonly Answer[],
  { protocol = 'http/protobuf', until = (receiver: Receiver) => receiver.spans.length > 0, boundMs = 60_000 } = {},
): Promise<{ result: AppResult; attempts: Attempt[] }> {
  const attempts: Attempt[] = [];
  const receiver = await startReceiver({
    grpc: true,
    respond() {
      const answer = answers[attempts.length];
      attempts.push({ at: performance.now(), answer: answer?.status ?? 200 });
      return answer;
    },
  });
  t.after(() => receiver.close());
  const result = await runApp({
    app,
    args: ['120000'],
    receiver,
    env: {
      ...env,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? receiver.grpcUrl : receiver.url,
    },
    async actions(running) {
      await receiver.waitFor(() => until(receiver), boundMs);
      await new Promise((resolve) => setTimeout(resolve, 300));
      running.kill('SIGTERM');
    },
  });
  return { result, attempts };
}

for (const protocol of ['http/protobuf', 'http/json', 'grpc']) {
  test(`${protocol}: a collector that is not ready gets the span again after about a second, once`, async (t) => {
    const { result, attempts } = await run(t, [{ status: 503 }], { protocol });
    assert.deepEqual([attempts.map(({ answer }) => answer), result.receiver.spans.length], [[503, 200], 1]);
    const waited = attempts[1]!.at - attempts[0]!.at;
    assert.ok(waited > 700 && waited < 10_000, `${waited} ms`);
    assert.match(result.stderr, /cannot deliver to .*(503|UNAVAILABLE)/);
    assert.match(result.stderr, /delivering to .* again after \d+ s; nothing was lost\./);
    assert.equal(result.stderr.trim().split('\n').length, 3, result.stderr);
  });
}

test('Retry-After is honoured', async (t) => {
  const { result, attempts } = await run(t, [{ status: 429, headers: { 'retry-after': '3' } }]);
  assert.equal(result.receiver.spans.length, 1);
  const waited = attempts[1]!.at - attempts[0]!.at;
  assert.ok(waited >= 2950 && waited < 15_000, `${waited} ms`);
});

describe('what a collector refuses for good', () => {
  for (const status of [400, 401, 404, 500]) {
    test(`HTTP ${status} is not tried again, and otelier says it once`, async (t) => {
      const { result, attempts } = await run(t, [{ status }, { status }], { until: (receiver) => receiver.requests.length > 0 });
      assert.deepEqual(
        attempts.map(({ answer }) => answer),
        [status],
      );
      assert.match(result.stderr, new RegExp(`refuses spans: HTTP ${status}.*\\. They are dropped\\. `));
      assert.equal(result.stderr.trim().split('\n').length, 2, result.stderr);
      assert.deepEqual([result.signal, result.stdout], ['SIGTERM', 'ready\n']);
    });
  }
});

describe('a partial success', () => {
  const response = protobuf
    .parse(
      'syntax = "proto3"; message Partial { int64 rejected_spans = 1; string error_message = 2; } message Response { Partial partial_success = 1; }',
    )
    .root.lookupType('Response');
  const partial = { partialSuccess: { rejectedSpans: 1, errorMessage: 'too old' } };
  const bodies = {
    'http/protobuf': response.encode(response.fromObject(partial)).finish(),
    'http/json': JSON.stringify(partial),
    grpc: response.encode(response.fromObject(partial)).finish(),
  };
  for (const [protocol, body] of Object.entries(bodies)) {
    test(`${protocol}: is told in one line, with the reason, and not sent again`, async (t) => {
      const headers = { 'content-type': protocol === 'http/json' ? 'application/json' : 'application/x-protobuf' };
      const { result, attempts } = await run(t, [{ status: 200, ...(protocol !== 'grpc' && { headers }), body }], { protocol });
      assert.equal(attempts.length, 1);
      assert.match(result.stderr, /\notelier: http:\/\/127\.0\.0\.1:\d+ rejected 1 spans?: too old\.\n$/);
    });
  }
});

test('a web page in the place of a collector is recognized', async (t) => {
  const { result } = await run(t, [{ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html></html>' }], {
    until: (receiver) => receiver.requests.length > 0,
  });
  assert.match(result.stderr, /does not look like an OTLP endpoint/);
});
