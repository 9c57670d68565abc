/** What can be done to a span while it lasts. https://opentelemetry.io/docs/specs/otel/trace/api/#span-operations */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT_CONTEXT, SpanStatusCode, createTraceState, trace } from '@opentelemetry/api';
import { describeEngines, diagnosticsOf, spanId, traceId } from './engines.ts';

const linked = { traceId, spanId, traceFlags: 1 };

describeEngines('The context of a span', (start) => {
  test('has ids of 32 and 16 lower-case digits, the sampled flag, and is the same for the whole life', () => {
    const span = start().tracer.startSpan('a');
    const spanContext = span.spanContext();
    assert.match(spanContext.traceId, /^[0-9a-f]{32}$/);
    assert.match(spanContext.spanId, /^[0-9a-f]{16}$/);
    assert.equal(spanContext.traceFlags, 1);
    span.end();
    assert.equal(span.spanContext(), spanContext);
  });

  test('is what is exported', async () => {
    const { tracer, spans } = start();
    const span = tracer.startSpan('a');
    span.end();
    const [exported] = await spans();
    assert.equal(exported?.traceId, span.spanContext().traceId);
    assert.equal(exported.spanId, span.spanContext().spanId);
  });
});

describeEngines('Attributes of a span', (start) => {
  test('one of the same key overwrites the first', async () => {
    const { tracer, spans } = start();
    tracer
      .startSpan('a', { attributes: { k: 1 } })
      .setAttribute('k', 2)
      .setAttributes({ k: 3, other: 'x' })
      .end();
    assert.deepEqual((await spans())[0]?.attributes, { k: 3, other: 'x' });
  });

  test('setters can be chained', () => {
    const span = start().tracer.startSpan('a');
    assert.equal(span.setAttribute('a', 1), span);
    assert.equal(span.setAttributes({ b: 1 }), span);
    assert.equal(span.addEvent('e'), span);
    assert.equal(span.addLink({ context: linked }), span);
    assert.equal(span.addLinks([]), span);
    assert.equal(span.setStatus({ code: SpanStatusCode.OK }), span);
    assert.equal(span.updateName('b'), span);
  });
});

describeEngines('Events of a span', (start) => {
  test('keep name, attributes and their order', async () => {
    const { tracer, spans } = start();
    tracer
      .startSpan('a')
      .addEvent('first', { n: 1 })
      .addEvent('second')
      .addEvent('third', { list: ['x', 'y'] })
      .end();
    assert.deepEqual(
      (await spans())[0]?.events.map(({ name, attributes }) => [name, attributes]),
      [
        ['first', { n: 1 }],
        ['second', {}],
        ['third', { list: ['x', 'y'] }],
      ],
    );
  });

  test('keep the order in which they were added, not that of their times', async () => {
    const { tracer, spans } = start();
    tracer.startSpan('a').addEvent('late', [20, 0]).addEvent('early', [10, 0]).end();
    assert.deepEqual(
      (await spans())[0]?.events.map(({ name, timeUnixNano }) => [name, timeUnixNano]),
      [
        ['late', 20_000_000_000n],
        ['early', 10_000_000_000n],
      ],
    );
  });

  test('take a time as second or third argument', async () => {
    const { tracer, spans } = start();
    tracer.startSpan('a').addEvent('two', [5, 6]).addEvent('three', { a: 1 }, [7, 8]).addEvent('both', [1, 1], [9, 9]).end();
    assert.deepEqual(
      (await spans())[0]?.events.map(({ timeUnixNano }) => timeUnixNano),
      [5_000_000_006n, 7_000_000_008n, 9_000_000_009n],
    );
  });
});

describeEngines('Links of a span', (start) => {
  test('can be added at the start and later, one or several, in order', async () => {
    const { tracer, spans } = start();
    const link = (why: number) => ({ context: linked, attributes: { why } });
    const span = tracer.startSpan('a', { links: [link(1)] });
    span.addLink(link(2)).addLinks([link(3), link(4)]);
    span.end();
    assert.deepEqual(
      (await spans())[0]?.links.map(({ attributes }) => attributes['why']),
      [1, 2, 3, 4],
    );
  });

  test('carry ids, trace state, and whether their span is remote', async () => {
    const { tracer, spans } = start();
    const span = tracer.startSpan('a');
    span.addLink({ context: { ...linked, isRemote: true, traceState: createTraceState('a=1') } });
    span.addLink({ context: { ...linked, traceFlags: 0 } });
    span.end();
    assert.deepEqual(
      (await spans())[0]?.links.map(({ traceId: id, spanId: own, traceState, flags }) => [id, own, traceState, flags]),
      [
        [traceId, spanId, 'a=1', 0x301],
        [traceId, spanId, '', 0x100],
      ],
    );
  });

  test('one to an empty context is kept with its attributes', async () => {
    const { tracer, spans } = start();
    const context = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 };
    tracer.startSpan('a', { links: [{ context, attributes: { a: 1 } }] }).end();
    assert.deepEqual((await spans())[0]?.links[0]?.attributes, { a: 1 });
  });
});

describeEngines('The status of a span', (start) => {
  const statusAfter = async (...statuses: { code: SpanStatusCode; message?: string }[]): Promise<unknown> => {
    const { tracer, spans } = start();
    const span = tracer.startSpan('a');
    for (const status of statuses) span.setStatus(status);
    span.end();
    return (await spans())[0]?.status;
  };
  const { ERROR, OK, UNSET } = SpanStatusCode;

  test('is unset at first', async () => assert.deepEqual(await statusAfter(), { code: 'unset', message: '' }));
  test('error carries a message', async () =>
    assert.deepEqual(await statusAfter({ code: ERROR, message: 'no' }), { code: 'error', message: 'no' }));
  test('ok and unset carry none', async () => {
    assert.deepEqual(await statusAfter({ code: OK, message: 'no' }), { code: 'ok', message: '' });
    assert.deepEqual(await statusAfter({ code: UNSET, message: 'no' }), { code: 'unset', message: '' });
  });
  test('unset after anything else is ignored', async () => {
    assert.deepEqual(await statusAfter({ code: ERROR, message: 'no' }, { code: UNSET }), { code: 'error', message: 'no' });
    assert.deepEqual(await statusAfter({ code: OK }, { code: UNSET }), { code: 'ok', message: '' });
  });
  test('ok overrides error and is final', async () =>
    assert.deepEqual(await statusAfter({ code: ERROR, message: 'no' }, { code: OK }, { code: ERROR, message: 'no' }), {
      code: 'ok',
      message: '',
    }));
  test('the last of two errors counts, its missing message too', async () => {
    assert.deepEqual(await statusAfter({ code: ERROR, message: 'a' }, { code: ERROR, message: 'b' }), { code: 'error', message: 'b' });
    assert.deepEqual(await statusAfter({ code: ERROR, message: 'a' }, { code: ERROR }), { code: 'error', message: '' });
  });
  test('a message that is no text is left out and told of', async () => {
    let status: unknown;
    const lines = diagnosticsOf(() => void (status = statusAfter({ code: ERROR, message: 5 as never })));
    assert.deepEqual(await status, { code: 'error', message: '' });
    assert.match(lines.join(), /invalid status\.message of type 'number'/);
  });
});

describeEngines('Renaming and ending a span', (start) => {
  test('a new name supersedes the first', async () => {
    const { tracer, spans } = start();
    tracer.startSpan('GET').updateName('GET /users').end();
    assert.equal((await spans())[0]?.name, 'GET /users');
  });

  test('it records until it has ended', () => {
    const span = start().tracer.startSpan('a');
    assert.equal(span.isRecording(), true);
    span.end();
    assert.equal(span.isRecording(), false);
  });

  test('nothing changes it afterwards, and it says so', async () => {
    const { tracer, spans } = start();
    const span = tracer.startSpan('a');
    span.end([2_000_000_000, 0]);
    const lines = diagnosticsOf(() => {
      span
        .setAttribute('a', 1)
        .setAttributes({ b: 1 })
        .addEvent('e')
        .addLink({ context: linked })
        .addLinks([{ context: linked }]);
      span.setStatus({ code: SpanStatusCode.ERROR }).updateName('b');
      span.recordException(new Error('late'));
      span.end();
    });
    assert.ok(lines.length >= 8, lines.join('\n'));
    const [only, ...more] = await spans();
    assert.deepEqual(more, []);
    assert.equal(only?.name, 'a');
    assert.deepEqual([only.attributes, only.events, only.links, only.status.code], [{}, [], [], 'unset']);
    assert.equal(only.endTimeUnixNano, 2_000_000_000_000_000_000n);
  });

  test('children go on when their parent ends, and it stays active where it was', async () => {
    const { tracer, spans } = start();
    tracer.startActiveSpan('parent', (parent) => {
      const child = tracer.startSpan('child');
      parent.end();
      assert.equal(trace.getActiveSpan(), parent);
      assert.ok(child.isRecording());
      child.setAttribute('after', true).end();
    });
    assert.deepEqual((await spans())[1]?.attributes, { after: true });
    assert.ok(trace.setSpan(ROOT_CONTEXT, tracer.startSpan('a')));
  });

  test('spans that never end are not exported', async () => {
    const { tracer, spans } = start();
    tracer.startSpan('a');
    assert.deepEqual(await spans(), []);
  });
});

describeEngines('An exception on a span', (start) => {
  const eventOf = async (exception: unknown, time?: [number, number]) => {
    const { tracer, spans } = start();
    const span = tracer.startSpan('a');
    span.recordException(exception as never, time);
    span.end();
    return (await spans())[0]?.events[0];
  };

  test('is an event named exception with type, message and stack', async () => {
    const error = new TypeError('broken');
    const event = await eventOf(error);
    assert.equal(event?.name, 'exception');
    assert.deepEqual(event.attributes, {
      'exception.type': 'TypeError',
      'exception.message': 'broken',
      'exception.stacktrace': error.stack,
    });
  });

  test('that is a text is its message', async () =>
    assert.deepEqual((await eventOf('broken'))?.attributes, { 'exception.message': 'broken' }));

  test('with a code has that as its type', async () => {
    const attributes = (await eventOf({ code: 12, name: 'E', message: 'm' }))?.attributes;
    assert.deepEqual(attributes, { 'exception.type': '12', 'exception.message': 'm' });
  });

  test('takes a time', async () => assert.equal((await eventOf(new Error('x'), [3, 4]))?.timeUnixNano, 3_000_000_004n));

  test('with neither type nor message is not recorded', async () => {
    assert.equal(await eventOf({}), undefined);
    assert.equal(await eventOf({ stack: 'at x' }), undefined);
  });

  test('does not set the status', async () => {
    const { tracer, spans } = start();
    const span = tracer.startSpan('a');
    span.recordException(new Error('x'));
    span.end();
    assert.equal((await spans())[0]?.status.code, 'unset');
  });
});
