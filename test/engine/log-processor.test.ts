/** Processors of log records, and the provider's flush and shutdown. https://opentelemetry.io/docs/specs/otel/logs/sdk/#logrecordprocessor */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeverityNumber, context } from '@opentelemetry/api';
import { InMemoryLogRecordExporter, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { LogRecordProcessor, ReadWriteLogRecord } from '@opentelemetry/sdk-logs';
import { describeEngines, describeLean, diagnosticsOf, remoteParent, spanId, traceId } from './engines.ts';

const processor = (hooks: Partial<LogRecordProcessor>): LogRecordProcessor => ({
  onEmit() {},
  async forceFlush() {},
  async shutdown() {},
  ...hooks,
});

describeEngines('Log record processors', (start) => {
  test('are called while the app emits, in the order in which they were added, and see what those before did', () => {
    const { logger, processors } = start();
    const calls: unknown[] = [];
    processors.log.push(processor({ onEmit: (record) => void record.setBody('changed') }));
    processors.log.push(processor({ onEmit: (record) => void calls.push(record.body) }));
    logger.emit({ body: 'first' });
    assert.deepEqual(calls, ['changed']);
  });

  test('that come later serve loggers that were there before', () => {
    const { logger, processors } = start();
    logger.emit({ body: 'before' });
    const seen: unknown[] = [];
    processors.log.push(processor({ onEmit: (record) => void seen.push(record.body) }));
    logger.emit({ body: 'after' });
    assert.deepEqual(seen, ['after']);
  });

  test('get the context given, else the active one', () => {
    const { logger, processors } = start();
    const seen: unknown[] = [];
    processors.log.push(processor({ onEmit: (_record, of) => void seen.push(of) }));
    const given = remoteParent();
    logger.emit({ context: given });
    context.with(given, () => logger.emit({}));
    assert.deepEqual([seen[0] === given, seen[1] === given], [true, true]);
  });

  test('can read everything of a record', () => {
    const { loggerProvider, processors } = start({ OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '1' });
    let seen: ReadWriteLogRecord | undefined;
    processors.log.push(processor({ onEmit: (record) => void (seen = record) }));
    loggerProvider.getLogger('scope', '1.0').emit({
      timestamp: [100, 1],
      observedTimestamp: [100, 2],
      severityNumber: SeverityNumber.INFO,
      severityText: 'info',
      body: 'b',
      eventName: 'e',
      attributes: { a: 1, b: 2 },
      context: remoteParent(),
    });
    assert.deepEqual([seen?.hrTime, seen?.hrTimeObserved, seen?.severityNumber, seen?.severityText], [[100, 1], [100, 2], 9, 'info']);
    assert.deepEqual([seen?.body, seen?.eventName, seen?.attributes, seen?.droppedAttributesCount], ['b', 'e', { a: 1 }, 1]);
    assert.deepEqual([seen?.spanContext?.traceId, seen?.spanContext?.spanId, seen?.spanContext?.traceFlags], [traceId, spanId, 1]);
    assert.deepEqual([seen?.instrumentationScope.name, seen?.instrumentationScope.version], ['scope', '1.0']);
    assert.deepEqual(seen?.resource.attributes, { 'service.name': 'shop' });
  });

  test('can change everything of a record by its methods', async () => {
    const { logger, processors, logs } = start();
    processors.log.push(
      processor({
        onEmit(record) {
          record.setAttribute('one', 1).setAttributes({ two: 2, kept: 3 }).setBody({ new: true }).setEventName('e');
          record.setSeverityNumber(SeverityNumber.ERROR).setSeverityText('error');
        },
      }),
    );
    logger.emit({ body: 'old', attributes: { kept: 1 } });
    const [record] = await logs();
    assert.deepEqual([record?.attributes, record?.body, record?.eventName], [{ kept: 3, one: 1, two: 2 }, { new: true }, 'e']);
    assert.deepEqual([record?.severityNumber, record?.severityText], [17, 'error']);
  });

  test('can assign times, severity, body, event name and trace, and write and delete attributes', async () => {
    const { logger, processors, logs } = start();
    processors.log.push(
      processor({
        onEmit(record) {
          record.hrTime = [200, 1];
          record.hrTimeObserved = [200, 2];
          record.severityNumber = SeverityNumber.FATAL;
          record.severityText = 'fatal';
          record.body = 'new';
          record.eventName = 'e';
          record.spanContext = { traceId, spanId, traceFlags: 1 };
          record.attributes['secret'] = '***';
          delete record.attributes['token'];
        },
      }),
    );
    logger.emit({ body: 'old', attributes: { secret: 's', token: 't', kept: 1 } });
    const [record] = await logs();
    assert.deepEqual([record?.timeUnixNano, record?.observedTimeUnixNano], [200_000_000_001n, 200_000_000_002n]);
    assert.deepEqual([record?.severityNumber, record?.severityText, record?.body, record?.eventName], [21, 'fatal', 'new', 'e']);
    assert.deepEqual([record?.traceId, record?.spanId, record?.flags], [traceId, spanId, 1]);
    assert.deepEqual(record?.attributes, { secret: '***', kept: 1 });
  });

  test('cannot change a record once it is emitted, and are told so', async () => {
    const { logger, processors, logs } = start();
    let held: ReadWriteLogRecord | undefined;
    processors.log.push(processor({ onEmit: (record) => void (held = record) }));
    logger.emit({ body: 'old' });
    const lines = diagnosticsOf(() => void held?.setAttribute('late', 1).setBody('late').setSeverityText('late'));
    assert.equal(lines.length, 3);
    const [record] = await logs();
    assert.deepEqual([record?.body, record?.attributes, record?.severityText, held?.body], ['old', {}, '', 'old']);
  });

  test('that throw cost the app nothing, and the others are still called', async () => {
    const { logger, processors, logs } = start();
    let called = false;
    const onEmit = (): never => {
      throw new Error('processor');
    };
    processors.log.push(processor({ onEmit }), processor({ onEmit: () => void (called = true) }));
    logger.emit({ body: 'x' });
    assert.ok(called);
    assert.equal((await logs()).length, 1);
  });

  test('of the stock SDK serve: a simple one with an exporter gets each record once', () => {
    const { logger, processors } = start();
    const exporter = new InMemoryLogRecordExporter();
    processors.log.push(new SimpleLogRecordProcessor({ exporter }));
    logger.emit({ body: 'x', attributes: { k: 'v' } });
    const [record, ...more] = exporter.getFinishedLogRecords();
    assert.deepEqual([record?.body, record?.attributes, more], ['x', { k: 'v' }, []]);
  });

  test('that are not enabled do not silence a logger whose records are exported', () => {
    const { logger, processors } = start();
    processors.log.push(processor({ enabled: () => false }));
    assert.equal(logger.enabled(), true);
  });
});

describeEngines('Flush and shutdown of the logger provider', (start) => {
  test('forceFlush flushes all processors', async () => {
    const { loggerProvider, processors } = start();
    const calls: string[] = [];
    for (const name of ['a', 'b']) processors.log.push(processor({ forceFlush: async () => void calls.push(name) }));
    await loggerProvider.forceFlush();
    assert.deepEqual(calls, ['a', 'b']);
  });

  test('shutdown shuts all processors down, once, however often it is called', async () => {
    const { loggerProvider, processors } = start();
    let calls = 0;
    processors.log.push(processor({ shutdown: async () => void calls++ }));
    await Promise.all([loggerProvider.shutdown(), loggerProvider.shutdown()]);
    assert.equal(calls, 1);
  });
});

describeLean('Log record processors', (start) => {
  // In the stock SDK a processor that puts a cycle into a record makes the serializer throw, which costs the record.
  test('that put in what is no value do not spoil the record', async () => {
    const { logger, processors, logs } = start();
    processors.log.push(
      processor({
        onEmit(record) {
          const cycle: Record<string, unknown> = {};
          cycle['self'] = cycle;
          Object.assign(record.attributes, { cycle, good: 1 });
          record.body = cycle as never;
          record.severityNumber = 'loud' as never;
        },
      }),
    );
    logger.emit({ body: 'x' });
    const [record] = await logs();
    assert.deepEqual([record?.attributes, record?.severityNumber], [{ good: 1 }, 0]);
  });

  test('whose flush throws at once are survived', async () => {
    const { loggerProvider, processors } = start();
    processors.log.push(
      processor({
        forceFlush() {
          throw new Error('at once');
        },
      }),
    );
    await loggerProvider.forceFlush();
    await loggerProvider.shutdown();
  });
});
