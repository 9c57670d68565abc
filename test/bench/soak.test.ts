import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { judge, type SoakSample } from '../../bench/soak.ts';

const megabyte = 2 ** 20;

/** A sample every 5 s; `rssMb` says how much memory there is at a minute. */
function samplesOf(minutes: number, rssMb: (minute: number) => number): readonly SoakSample[] {
  return Array.from({ length: minutes * 12 - 1 }, (_, index) => {
    const minute = (index + 1) / 12;
    return { minute, cpuUs: 0, rss: rssMb(minute) * megabyte, heapUsed: 30 * megabyte, external: 0, arrayBuffers: 0 };
  });
}

suite('bench/soak.ts', () => {
  test('growth before the run is warm does not count', () => {
    const { verdict, slope } = judge(samplesOf(10, (minute) => 100 + 20 * Math.min(minute, 2)));
    assert.equal(verdict, 'flat');
    assert.ok(Math.abs(slope.rss) < 0.01, String(slope.rss));
  });

  test('a leak of 1 MB a minute is seen under the saw of the garbage collector', () => {
    const { verdict, slope } = judge(samplesOf(10, (minute) => 100 + minute + 5 * ((minute * 3) % 1)));
    assert.equal(verdict, 'GROWS');
    assert.ok(slope.rss > 0.7 && slope.rss < 1.3, String(slope.rss));
  });

  test('a short run is no verdict', () => {
    assert.equal(judge(samplesOf(2, () => 100)).verdict, 'too short to tell');
  });
});
