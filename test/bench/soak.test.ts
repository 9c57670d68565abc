import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { judge, type SoakSample } from '../../bench/soak.ts';

const megabyte = 2 ** 20;

/** A sample every 5 s; `rssMb` says how much memory there is at a minute, `liveMb` how much of the heap is left after a collection. */
function samplesOf(minutes: number, rssMb: (minute: number) => number, liveMb = (_minute: number): number => 15): readonly SoakSample[] {
  return Array.from({ length: minutes * 12 - 1 }, (_, index) => {
    const minute = (index + 1) / 12;
    return {
      minute,
      cpuUs: 0,
      rss: rssMb(minute) * megabyte,
      heapUsed: 30 * megabyte,
      live: liveMb(minute) * megabyte,
      external: 0,
      arrayBuffers: 0,
    };
  });
}

suite('bench/soak.ts', () => {
  test('growth before the run is warm does not count', () => {
    const { verdict, slope } = judge(samplesOf(10, (minute) => 100 + 20 * Math.min(minute, 2)));
    assert.equal(verdict, 'flat');
    assert.ok(Math.abs(slope.rss) < 0.01, String(slope.rss));
  });

  test('growth of 2 MB a minute is seen under the saw of the garbage collector, unless the bare app grows so too', () => {
    const samples = samplesOf(10, (minute) => 100 + 2 * minute + 5 * ((minute * 3) % 1));
    const { verdict, slope } = judge(samples);
    assert.equal(verdict, 'GROWS');
    assert.ok(slope.rss > 1.7 && slope.rss < 2.3, String(slope.rss));
    assert.equal(judge(samples, 2).verdict, 'flat');
  });

  test('what is left after collections grows: a leak, however little it is', () => {
    assert.equal(
      judge(
        samplesOf(
          10,
          () => 100,
          (minute) => 15 + 0.2 * minute,
        ),
      ).verdict,
      'GROWS',
    );
  });

  test('a short run is no verdict', () => {
    assert.equal(judge(samplesOf(2, () => 100)).verdict, 'too short to tell');
  });
});
