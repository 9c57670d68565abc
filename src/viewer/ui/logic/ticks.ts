/** Turns a range of values into round numbers for an axis. */

/** About `count` round steps over [from, to], with a step of 1, 2 or 5 times a power of ten. */
export function niceTicks(from: number, to: number, count: number): readonly number[] {
  if (!(to > from) || count < 1) return [from];
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) ticks.push(i * step || 0);
  return ticks;
}

/** Powers of ten inside [from, to], for logarithmic axes. */
export function logTicks(from: number, to: number): readonly number[] {
  const ticks: number[] = [];
  for (let exponent = Math.ceil(Math.log10(from)); exponent <= Math.floor(Math.log10(to)); exponent++) ticks.push(10 ** exponent);
  return ticks;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const timeSteps = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  second,
  2 * second,
  5 * second,
  10 * second,
  15 * second,
  30 * second,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
  24 * hour,
];

/** Round clock times in [from, to], in the time zone that is `offsetMs` ahead of UTC. */
export function timeTicks(
  from: number,
  to: number,
  count: number,
  offsetMs = 0,
): { readonly stepMs: number; readonly times: readonly number[] } {
  const rough = (to - from) / Math.max(1, count);
  const stepMs = timeSteps.find((step) => step >= rough) ?? Math.ceil(rough / (24 * hour)) * 24 * hour;
  const times: number[] = [];
  for (let time = Math.ceil((from + offsetMs) / stepMs) * stepMs - offsetMs; time <= to; time += stepMs) times.push(time);
  return { stepMs, times };
}
