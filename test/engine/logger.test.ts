/** Log records from `emit` to what is exported. https://opentelemetry.io/docs/specs/otel/logs/sdk/ and https://opentelemetry.io/docs/specs/otel/logs/api/ */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT_CONTEXT, SeverityNumber, context, trace } from '@opentelemetry/api';
import type { LogRecord } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import { LogCounts } from '../../src/engine/counts.ts';
import { LeanLoggerProvider } from '../../src/engine/logger.ts';
import type * as Otlp from '../../src/otlp/records.ts';
import { describeEngines, describeLean, diagnosticsOf, remoteParent, spanId, traceId } from './engines.ts';
import type { Start } from './engines.ts';

async function emitted(start: Start, record: LogRecord): Promise<Otlp.LogRecord> {
  const { logger, logs } = start();
  logger.emit(record);
  const [first, ...more] = await logs();
  assert.ok(first);
  assert.deepEqual(more, []);
  return first;
}

describeEngines('Loggers', (start) => {
  test('name, version, schema and attributes of a logger stand beside its records as their scope', async () => {
    const { loggerProvider, logs } = start();
    loggerProvider.getLogger('pay', '1.2.3', { schemaUrl: 'https://example.com/1', attributes: { team: 'a' } }).emit({ body: 'x' });
    const [record] = await logs();
    assert.deepEqual(
      [record?.scope.name, record?.scope.version, record?.scope.schemaUrl, record?.scope.attributes],
      ['pay', '1.2.3', 'https://example.com/1', { team: 'a' }],
    );
  });

  test('the resource of the provider stands beside every record', async () =>
    assert.deepEqual((await emitted(start, { body: 'x' })).resource.attributes, { 'service.name': 'shop' }));

  test('the same scope gives the same logger, a different one gives another', () => {
    const { loggerProvider } = start();
    assert.equal(loggerProvider.getLogger('a', '1'), loggerProvider.getLogger('a', '1'));
    assert.notEqual(loggerProvider.getLogger('a', '1'), loggerProvider.getLogger('a', '2'));
    const ofTeam = (team: string) => loggerProvider.getLogger('a', '1', { attributes: { team } });
    assert.equal(ofTeam('a'), ofTeam('a'));
    assert.notEqual(ofTeam('a'), ofTeam('b'));
  });

  test('a logger without a name works, and is told of', async () => {
    const { loggerProvider, logs } = start();
    const lines = diagnosticsOf(() => loggerProvider.getLogger('').emit({ body: 'x' }));
    assert.match(lines.join(), /without instrumentation scope name/);
    assert.equal((await logs()).length, 1);
  });

  test('are enabled until the shutdown, after which nothing is recorded', async () => {
    const { logger, loggerProvider, logs } = start();
    assert.equal(logger.enabled(), true);
    assert.equal(logger.enabled({ severityNumber: SeverityNumber.DEBUG, eventName: 'e', context: ROOT_CONTEXT }), true);
    await loggerProvider.shutdown();
    assert.equal(logger.enabled(), false);
    logger.emit({ body: 'late' });
    loggerProvider.getLogger('late').emit({ body: 'late' });
    assert.deepEqual(await logs(), []);
  });
});

describeEngines('Fields of a log record', (start) => {
  test('are all exported', async () => {
    const record = await emitted(start, {
      timestamp: [1_800_000_000, 1],
      observedTimestamp: [1_800_000_000, 2],
      severityNumber: SeverityNumber.WARN2,
      severityText: 'warning',
      body: 'it works',
      eventName: 'order.paid',
      attributes: { a: 1, m: { deep: [true] } },
    });
    assert.deepEqual(
      [record.timeUnixNano, record.observedTimeUnixNano, record.severityNumber, record.severityText],
      [1_800_000_000_000_000_001n, 1_800_000_000_000_000_002n, 14, 'warning'],
    );
    assert.deepEqual([record.body, record.eventName, record.attributes], ['it works', 'order.paid', { a: 1, m: { deep: [true] } }]);
  });

  test('the observed time is now unless given', async () => {
    const before = Date.now() - 2;
    const record = await emitted(start, { timestamp: new Date(5) });
    assert.equal(record.timeUnixNano, 5_000_000n);
    const observed = Number(record.observedTimeUnixNano) / 1e6;
    assert.ok(observed >= before && observed <= Date.now() + 2);
  });

  test('the time is now unless given', async () => {
    const time = Number((await emitted(start, {})).timeUnixNano) / 1e6;
    assert.ok(Math.abs(time - Date.now()) < 2000);
  });

  test('the body may be any value, to which no limit applies', async () => {
    const body = { text: 'x'.repeat(50), list: [1, 'a', null], bytes: new Uint8Array([1]), deep: { er: true } };
    const { logger, logs } = start({ OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: '3', OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '1' });
    for (const one of [body, 'text', 5, false, 0.5, ['a']]) logger.emit({ body: one });
    assert.deepEqual(
      (await logs()).map((record) => record.body),
      [body, 'text', 5, false, 0.5, ['a']],
    );
  });

  test('an empty record is a record', async () => {
    const record = await emitted(start, {});
    assert.deepEqual([record.body, record.severityNumber, record.severityText, record.attributes, record.eventName], [null, 0, '', {}, '']);
  });
});

describeEngines('The trace of a log record', (start) => {
  const idsOf = ({ traceId: ofTrace, spanId: ofSpan, flags }: Otlp.LogRecord): unknown[] => [ofTrace, ofSpan, flags];

  test('is that of the active span', async () => {
    const { tracer, logger, logs } = start();
    const ids = tracer.startActiveSpan('a', (span) => {
      logger.emit({ body: 'x' });
      return span.spanContext();
    });
    assert.deepEqual(idsOf((await logs())[0]!), [ids.traceId, ids.spanId, 1]);
  });

  test('is that of the context given, over the active one', async () => {
    const { tracer, logger, logs } = start();
    tracer.startActiveSpan('a', () => logger.emit({ context: remoteParent() }));
    assert.deepEqual(idsOf((await logs())[0]!), [traceId, spanId, 1]);
  });

  test('is none outside a span, or with an invalid one', async () => {
    assert.deepEqual(idsOf(await emitted(start, {})), ['', '', 0]);
    const invalid = trace.setSpanContext(ROOT_CONTEXT, { traceId: '0'.repeat(32), spanId, traceFlags: 1 });
    assert.deepEqual(idsOf(await emitted(start, { context: invalid })), ['', '', 0]);
  });

  test('may be one that is not sampled', async () => {
    const { tracer, logger, logs } = start({ OTEL_TRACES_SAMPLER: 'always_off' });
    const ids = tracer.startActiveSpan('a', (span) => {
      logger.emit({ body: 'x' });
      return span.spanContext();
    });
    assert.deepEqual(idsOf((await logs())[0]!), [ids.traceId, ids.spanId, 0]);
  });

  test('suppressed tracing does not suppress log records', async () => {
    const { logger, logs } = start();
    context.with(suppressTracing(ROOT_CONTEXT), () => logger.emit({ body: 'x' }));
    assert.equal((await logs()).length, 1);
  });
});

describeLean('An exception in a log record', (start) => {
  // The stock SDK of this version throws into the app on every record with an exception.
  test('becomes attributes, which those of the app go before', async () => {
    const exception = new TypeError('broken');
    assert.deepEqual((await emitted(start, { exception })).attributes, {
      'exception.type': 'TypeError',
      'exception.message': 'broken',
      'exception.stacktrace': exception.stack,
    });
    const own = await emitted(start, { exception, attributes: { 'exception.message': 'mine' } });
    assert.equal(own.attributes['exception.message'], 'mine');
    assert.equal(own.attributes['exception.type'], 'TypeError');
  });

  test('that is a text or a number is its message', async () => {
    assert.deepEqual((await emitted(start, { exception: 'broken' })).attributes, { 'exception.message': 'broken' });
    assert.deepEqual((await emitted(start, { exception: 5 })).attributes, { 'exception.message': '5' });
  });

  test('with neither type nor message is told of and the record goes out', async () => {
    const { logger, logs } = start();
    assert.match(diagnosticsOf(() => logger.emit({ exception: {} })).join(), /neither a type nor a message/);
    assert.deepEqual((await logs())[0]?.attributes, {});
  });
});

describeLean('Loggers', (start) => {
  test('are enabled only where an export or a processor takes records', () => {
    // No variables make such a provider; a processor of the app may still come.
    const processors: LogRecordProcessor[] = [];
    const limits = { count: 128, length: Infinity };
    const parts = { resource: resourceFromAttributes({}), limits, counts: new LogCounts(), finish() {}, flush: async () => {} };
    const logger = new LeanLoggerProvider({ ...parts, processors, delivers: false }).getLogger('a');
    assert.equal(logger.enabled(), false);
    const asked: unknown[] = [];
    const enabled = (options: { severityNumber?: SeverityNumber }): boolean => {
      asked.push(options.severityNumber);
      return options.severityNumber === SeverityNumber.ERROR;
    };
    processors.push({ onEmit() {}, forceFlush: async () => {}, shutdown: async () => {}, enabled });
    assert.equal(logger.enabled({ severityNumber: SeverityNumber.DEBUG }), false);
    assert.equal(logger.enabled({ severityNumber: SeverityNumber.ERROR }), true);
    assert.deepEqual(asked, [SeverityNumber.DEBUG, SeverityNumber.ERROR]);
    processors.push({ onEmit() {}, forceFlush: async () => {}, shutdown: async () => {} });
    assert.equal(logger.enabled({ severityNumber: SeverityNumber.DEBUG }), true);
  });

  // The stock SDK names such a logger "unknown".
  test('a name that is none stays empty', async () => {
    const { loggerProvider, logs } = start();
    loggerProvider.getLogger('').emit({ body: 'x' });
    assert.equal((await logs())[0]?.scope.name, '');
  });
});
