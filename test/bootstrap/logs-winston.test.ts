/** winston 3: what an app logs arrives as log records after the app's own formats, tied to the trace, and the app's lines gain its ids. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { logsFolder, readLines } from '../support/log-lines.ts';
import type { Line } from '../support/log-lines.ts';
import { runApp } from '../support/run-app.ts';
import type { AppResult } from '../support/run-app.ts';

const noMetrics = { OTEL_METRICS_EXPORTER: 'none' };
const bodiesOf = ({ receiver }: AppResult): unknown[] => receiver.logs.map(({ body }) => body);

describe('winston from an ES module', () => {
  let result: AppResult;
  let lines: Line[];
  before(async () => {
    result = await runApp({ app: join(logsFolder, 'winston.mjs'), env: noMetrics });
    lines = readLines(result);
  });
  const recordOf = (body: string) => {
    const found = result.receiver.logs.filter((record) => record.body === body);
    assert.equal(found.length, 1, `${found.length} records of "${body}"`);
    return found[0]!;
  };
  const lineOf = (message: string): Line => lines.find((line) => line['message'] === message) ?? assert.fail(result.stdout);

  test('every line that is written becomes one record, in order; refused, silent and less important ones do not', () => {
    const bodies = ['outside', 'inside', 'of a child', 'login', 'broken', 'with a cause', 'as one object'];
    assert.deepEqual(bodiesOf(result), bodies);
    assert.deepEqual(
      lines.filter(({ message }) => message).map(({ message }) => message),
      bodies,
    );
  });

  test('a record says its severity in number and text, and its scope', () => {
    const severities = ['outside', 'inside', 'broken']
      .map(recordOf)
      .map(({ severityNumber, severityText, scope }) => [severityNumber, severityText, scope.name]);
    assert.deepEqual(severities, [
      [9, 'info', 'winston'],
      [13, 'warn', 'winston'],
      [17, 'error', 'winston'],
    ]);
  });

  test('inside a span the record and the printed line carry its ids; outside neither does', () => {
    const { span } = lines.find((line) => line['span'] !== undefined) as { span: Record<string, string> };
    for (const message of ['inside', 'of a child', 'broken', 'as one object']) {
      const { traceId, spanId, flags, attributes } = recordOf(message);
      assert.deepEqual({ trace_id: traceId, span_id: spanId, trace_flags: `0${flags}` }, span, message);
      assert.ok(!('trace_id' in attributes));
      const { trace_id, span_id, trace_flags } = lineOf(message);
      assert.deepEqual({ trace_id, span_id, trace_flags }, span, message);
    }
    assert.deepEqual([recordOf('outside').traceId, recordOf('outside').spanId], ['', '']);
    assert.deepEqual(lineOf('outside'), { level: 'info', message: 'outside' });
  });

  test('fields become attributes, those of the child logger and nested ones too', () => {
    assert.deepEqual(recordOf('inside').attributes, { order: 7 });
    assert.deepEqual(recordOf('of a child').attributes, { tenant: 'acme' });
    assert.deepEqual(recordOf('as one object').attributes, { nested: { deep: true } });
  });

  test('a redacting format has done its work before the record is sent', () => {
    assert.deepEqual(recordOf('login').attributes, { password: '[removed]', user: { name: 'ada', tags: ['a', 'b'] } });
    assert.ok(!result.receiver.requests.some(({ bytes }) => Buffer.from(bytes).includes('hunter2')));
  });

  test('a logged error gives the exception attributes', () => {
    const { attributes } = recordOf('broken');
    assert.deepEqual([attributes['exception.type'], attributes['exception.message']], ['TypeError', 'broken']);
    assert.match(String(attributes['exception.stacktrace']), /^TypeError: broken\n\s+at .*winston\.mjs/);
  });

  test('an error among the fields does too', () => {
    const { attributes } = recordOf('with a cause');
    assert.deepEqual([attributes['exception.type'], attributes['exception.message']], ['RangeError', 'too far']);
    assert.match(String(attributes['exception.stacktrace']), /^RangeError: too far\n\s+at /);
  });
});

test('winston from CommonJS: a transport more verbose than its logger counts, a silent one does not; syslog levels have their severities', async () => {
  const result = await runApp({ app: join(logsFolder, 'winston.cjs'), env: noMetrics });
  const records = result.receiver.logs.map(({ body, severityNumber, severityText, traceId }) => [
    body,
    severityNumber,
    severityText,
    traceId !== '',
  ]);
  assert.deepEqual(records, [
    ['only one transport is that verbose', 5, 'debug', false],
    ['of another set of levels', 18, 'crit', true],
    ['by the default logger', 9, 'info', true],
  ]);
});

describe('winston is given what is easily broken', () => {
  let result: AppResult;
  let lines: Line[];
  before(async () => {
    result = await runApp({ app: join(logsFolder, 'winston-sacred.cjs'), env: noMetrics });
    lines = readLines(result);
  });
  const reported = (name: string): unknown => lines.find((line) => name in line)?.[name];

  test('the objects of the app stay as they were', () => {
    assert.deepEqual(reported('infoKeys'), ['level', 'message', 'order']);
    assert.deepEqual(reported('errorKeys'), ['code', 'level']);
  });

  test('an error that is logged again outside the span has no ids any more', () => {
    const printed = lines.filter(({ code }) => code === 'E_TWICE');
    assert.deepEqual(
      printed.map((line) => typeof line['trace_id']),
      ['string', 'undefined'],
    );
    const sent = result.receiver.logs.filter(({ body }) => body === 'twice');
    assert.deepEqual(
      sent.map(({ traceId, attributes }) => [traceId !== '', attributes['exception.type'], attributes['code']]),
      [
        [true, 'TypeError', 'E_TWICE'],
        [false, 'TypeError', 'E_TWICE'],
      ],
    );
  });

  test('a pretty-printed line shows nothing of ours but the ids', () => {
    const printed = /^\{\n([^}]*)\n\}$/m.exec(result.stdout)?.[1] ?? '';
    const keys = printed.split('\n').map((line) => line.slice(0, line.indexOf(': ')).trim());
    assert.deepEqual(keys.sort(), ['level', 'message', 'span_id', 'trace_flags', 'trace_id'], result.stdout);
  });

  test('cycles and huge objects are cut short, quickly', () => {
    const { attributes } = result.receiver.logs.find(({ body }) => body === 'circle')!;
    assert.deepEqual(attributes, { circle: { name: 'circle', self: '[circular]' } });
    assert.ok(result.receiver.logs.some(({ body }) => body === 'half of the process'));
    assert.ok(Number(reported('tookMs')) < 1000, String(reported('tookMs')));
  });

  test('a field that throws when it is read does to the app what it does without telemetry', async () => {
    const bare = await runApp({ app: join(logsFolder, 'winston-sacred.cjs'), preload: 'none' });
    assert.equal(reported('thrown'), readLines(bare).find((line) => 'thrown' in line)?.['thrown']);
    assert.equal(result.code, bare.code);
  });
});

test("an app with OpenTelemetry's own winston transport sends each line once, through the old logs API", async () => {
  const { receiver } = await runApp({ app: join(logsFolder, 'winston-own-transport.cjs'), env: noMetrics });
  assert.deepEqual(
    receiver.logs.map(({ body, scope, traceId, attributes }) => [body, scope.name, traceId, attributes['order']]),
    [['once', '@opentelemetry/winston-transport', receiver.spans[0]!.traceId, 7]],
  );
});

describe('what is not wanted is left out', () => {
  const cases: readonly [title: string, env: Record<string, string>, sent: boolean, correlated: boolean][] = [
    ['OTEL_LOGS_EXPORTER=none sends nothing and still correlates', { OTEL_LOGS_EXPORTER: 'none' }, false, true],
    [
      'OTELIER_INSTRUMENTATION_WINSTON_DISABLE_LOG_SENDING=true likewise',
      { OTELIER_INSTRUMENTATION_WINSTON_DISABLE_LOG_SENDING: 'true' },
      false,
      true,
    ],
    [
      'OTELIER_INSTRUMENTATION_WINSTON_DISABLE_LOG_CORRELATION=true sends and leaves the lines alone',
      { OTELIER_INSTRUMENTATION_WINSTON_DISABLE_LOG_CORRELATION: 'true' },
      true,
      false,
    ],
    ['OTEL_NODE_DISABLED_INSTRUMENTATIONS=winston does neither', { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'winston' }, false, false],
  ];
  for (const [title, env, sent, correlated] of cases) {
    test(title, async () => {
      const result = await runApp({ app: join(logsFolder, 'winston.mjs'), env: { ...noMetrics, ...env } });
      const line = readLines(result).find(({ message }) => message === 'inside');
      assert.equal(line !== undefined && 'trace_id' in line, correlated, result.stdout);
      const record = result.receiver.logs.find(({ body }) => body === 'inside');
      assert.equal(record !== undefined, sent);
      if (record) assert.equal(record.traceId, result.receiver.spans[0]!.traceId);
    });
  }
});
