/** Turns the places that things in a row would like to have into places that keep them apart, as near to the wished ones as can be. */

export interface Wish {
  readonly at: number;
  /** How much it matters; above zero. */
  readonly weight: number;
}

/** `gaps[i]` is the least distance from i to i + 1; the sum of weighted squares of what each is moved is the least there is. */
export function keepApart(wishes: readonly Wish[], gaps: readonly number[]): readonly number[] {
  // Without the gaps the places only have to rise: neighbours that do not are put together at their mean (pool adjacent violators).
  const offsets: number[] = [];
  const pools: { sum: number; weight: number; count: number }[] = [];
  for (const [i, { at, weight }] of wishes.entries()) {
    offsets.push(i === 0 ? 0 : offsets[i - 1]! + gaps[i - 1]!);
    pools.push({ sum: (at - offsets[i]!) * weight, weight, count: 1 });
    for (let last = pools.length - 1; last > 0; last--) {
      const [lower, upper] = [pools[last]!, pools[last - 1]!];
      if (upper.sum / upper.weight <= lower.sum / lower.weight) break;
      pools[last - 1] = { sum: upper.sum + lower.sum, weight: upper.weight + lower.weight, count: upper.count + lower.count };
      pools.pop();
    }
  }
  return pools.flatMap(({ sum, weight, count }) => Array.from({ length: count }, () => sum / weight)).map((at, i) => at + offsets[i]!);
}
