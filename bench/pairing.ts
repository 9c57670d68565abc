/**
 * Who runs when, and what is compared with what. A machine shared with others changes its speed within minutes, so each sample is compared with the
 * bare ones beside it, never with the mean of a whole run. Pure.
 */

export const base = 'bare';

/**
 * The order of one round: the base first, then again after every two others and at the end, so that each has one right beside it. Later rounds begin
 * where the one before has ended with the base. Every second round runs backwards, so that what drifts in one direction meets each variant from both
 * sides.
 */
export function scheduleRound(variants: readonly string[], round: number): readonly string[] {
  const others = variants.filter((name) => name !== base);
  const order = [base];
  for (const [index, name] of others.entries()) {
    order.push(name);
    if (index % 2 === 1 && index < others.length - 1) order.push(base);
  }
  if (others.length > 0) order.push(base);
  if (round % 2 === 1) order.reverse();
  return round > 0 && others.length > 0 ? order.slice(1) : order;
}

export interface Taken<T> {
  readonly variant: string;
  readonly sample: T;
}

export interface Pair<T> {
  readonly sample: T;
  /** The base's samples just before and just after it; one of them, or none, at the ends and where the base failed. */
  readonly beside: readonly T[];
}

/** For each variant its samples in the order they were taken, each with the base's beside it; a sample of the base is no neighbour of itself. */
export function pairWithBase<T>(taken: readonly Taken<T>[]): ReadonlyMap<string, readonly Pair<T>[]> {
  const pairs = new Map<string, Pair<T>[]>();
  for (const [index, { variant, sample }] of taken.entries()) {
    const before = taken.slice(0, index).findLast((other) => other.variant === base);
    const after = taken.slice(index + 1).find((other) => other.variant === base);
    const beside = [before, after].filter((other) => other !== undefined).map((other) => other.sample);
    const own = pairs.get(variant);
    if (own) own.push({ sample, beside });
    else pairs.set(variant, [{ sample, beside }]);
  }
  return pairs;
}

/** The base's value beside a sample: the mean of its neighbours. NaN when there is none. */
export function besideOf<T>({ beside }: Pair<T>, value: (sample: T) => number): number {
  return beside.reduce((sum, sample) => sum + value(sample), 0) / beside.length;
}
