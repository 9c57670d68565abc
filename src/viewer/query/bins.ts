/** Histograms of either kind -> bins by their upper border, which can be added, subtracted and asked for percentiles. */

export type Distribution =
  | { readonly bounds: readonly number[]; readonly counts: readonly number[] }
  | {
      readonly scale: number;
      readonly zero: number;
      readonly positive: { readonly offset: number; readonly counts: readonly number[] };
      readonly negative: { readonly offset: number; readonly counts: readonly number[] };
    }
  | { readonly quantiles: readonly (readonly [number, number | null])[] };

/** Upper border -> observations; Infinity is the open bin. */
export type Bins = ReadonlyMap<number, number>;

/** Infinity for what is no exponential histogram. */
export function scaleOf(distribution: Distribution | undefined): number {
  return distribution !== undefined && 'scale' in distribution ? distribution.scale : Infinity;
}

/** An exponential histogram is brought down to `scale`, which must not be above its own. */
export function binsOf(distribution: Distribution | undefined, scale: number): Bins {
  const bins = new Map<number, number>();
  if (distribution === undefined || 'quantiles' in distribution) return bins;
  if ('bounds' in distribution) {
    // All borders are kept, also those of empty bins: a percentile needs to know where its bin begins.
    distribution.counts.forEach((count, i) => bins.set(distribution.bounds[i] ?? Infinity, count));
    return bins;
  }
  const shift = distribution.scale - scale;
  const base = 2 ** (2 ** -scale);
  const add = (lower: number, border: number, count: number): void => {
    if (count <= 0) return;
    // Empty bins are not sent: a percentile needs to know where this one begins.
    if (!bins.has(lower)) bins.set(lower, 0);
    bins.set(border, (bins.get(border) ?? 0) + count);
  };
  add(0, 0, distribution.zero);
  const { positive, negative } = distribution;
  positive.counts.forEach((count, i) => {
    const index = (positive.offset + i) >> shift;
    add(base ** index, base ** (index + 1), count);
  });
  negative.counts.forEach((count, i) => {
    const index = (negative.offset + i) >> shift;
    add(-(base ** (index + 1)), -(base ** index), count);
  });
  return bins;
}

/** Bins that are not in `before` stay as they are; nothing falls below zero. */
export function subtractBins(bins: Bins, before: Bins): Bins {
  const difference = new Map<number, number>();
  for (const [border, count] of bins) difference.set(border, Math.max(count - (before.get(border) ?? 0), 0));
  return difference;
}

export function addBins(target: Map<number, number>, bins: Bins, share: number): void {
  for (const [border, count] of bins) target.set(border, (target.get(border) ?? 0) + count * share);
}

/** Within its bin a percentile is found by the rule of three; null without observations. The open bin counts as its lower border. */
export function percentileOf(bins: Bins, share: number): number | null {
  const sorted = [...bins].sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  if (total <= 0) return null;
  const wanted = total * share;
  let below = 0;
  let lower = Math.min(0, sorted[0]![0]);
  for (const [border, count] of sorted) {
    if (count > 0 && below + count >= wanted) {
      return border === Infinity ? lower : lower + (border - lower) * Math.min(Math.max((wanted - below) / count, 0), 1);
    }
    below += count;
    if (border !== Infinity) lower = border;
  }
  return lower;
}
