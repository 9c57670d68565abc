/** When a span starts and ends, and what an app may give as a time. https://opentelemetry.io/docs/specs/otel/trace/api/#span-lifetime */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeEngines } from './engines.ts';

const NOW = 1_800_000_000_000;
const ms = (time: bigint | undefined): number => Number(time) / 1e6;

describeEngines('Times of spans', (start) => {
  test('start, end and events take the time at which they are called', async () => {
    const { tracer, spans } = start();
    const before = Date.now() - 2;
    const span = tracer.startSpan('a');
    span.addEvent('e');
    await new Promise((resolve) => setTimeout(resolve, 15));
    span.end();
    const after = Date.now() + 2;
    const [exported] = await spans();
    const [begin, event, end] = [exported!.startTimeUnixNano, exported!.events[0]!.timeUnixNano, exported!.endTimeUnixNano].map(ms);
    assert.ok(begin! >= before && event! >= begin! && end! >= event! && end! <= after, String([before, begin, event, end, after]));
    assert.ok(end! - begin! >= 14, `lasted ${end! - begin!} ms`);
  });

  test('last longer than nothing, with parts of a millisecond', async () => {
    const { tracer, spans } = start();
    for (let i = 0; i < 50; i++) {
      const span = tracer.startSpan('a');
      for (let work = 0; work < 20_000; work++);
      span.end();
    }
    const durations = (await spans()).map((span) => span.endTimeUnixNano - span.startTimeUnixNano);
    assert.ok(durations.every((nanos) => nanos >= 0n));
    assert.ok(durations.some((nanos) => nanos % 1_000_000n !== 0n));
  });

  test('are exact where given as seconds and nanoseconds', async () => {
    const { tracer, spans } = start();
    tracer.startSpan('a', { startTime: [1_800_000_000, 123_456_789] }).end([1_800_000_001, 1]);
    const [span] = await spans();
    assert.equal(span?.startTimeUnixNano, 1_800_000_000_123_456_789n);
    assert.equal(span.endTimeUnixNano, 1_800_000_001_000_000_001n);
  });

  test('are milliseconds or a Date', async () => {
    const { tracer, spans } = start();
    tracer.startSpan('a', { startTime: NOW + 0.5 }).end(new Date(NOW + 7));
    const [span] = await spans();
    assert.equal(span?.startTimeUnixNano, BigInt(NOW) * 1_000_000n + 500_000n);
    assert.equal(span.endTimeUnixNano, BigInt(NOW + 7) * 1_000_000n);
  });

  test('are readings of performance.now', async () => {
    const { tracer, spans } = start();
    const reading = performance.now();
    const at = Date.now();
    tracer.startSpan('a', { startTime: reading }).end(performance.now());
    const [span] = await spans();
    assert.ok(Math.abs(ms(span?.startTimeUnixNano) - at) < 50);
    assert.ok(ms(span?.endTimeUnixNano) >= ms(span?.startTimeUnixNano));
  });

  test('an end before the start becomes the start', async () => {
    const { tracer, spans } = start();
    tracer.startSpan('a', { startTime: [100, 5] }).end([100, 4]);
    tracer.startSpan('b', { startTime: NOW }).end(NOW - 1);
    for (const span of await spans()) assert.equal(span.endTimeUnixNano, span.startTimeUnixNano);
  });

  test('a start that was given and an end that was not: the end is now', async () => {
    const { tracer, spans } = start();
    const before = Date.now();
    tracer.startSpan('a', { startTime: before - 1000 }).end();
    const [span] = await spans();
    assert.ok(ms(span?.endTimeUnixNano) >= before - 1 && ms(span?.endTimeUnixNano) < Date.now() + 1000);
  });
});
