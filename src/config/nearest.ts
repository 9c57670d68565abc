/** A mistyped name -> the name that was meant, for "Did you mean ...?". */

/**
 * The candidate with the fewest edits from `name`, or undefined when none is within `maxEdits`.
 * Without `maxEdits`, a little less than half of the letters may differ: `warning` still finds `warn`.
 */
export function nearestName(name: string, candidates: Iterable<string>, maxEdits?: number): string | undefined {
  let best: string | undefined;
  let bound = maxEdits ?? Math.max(1, Math.floor(Math.min(name.length, 40) * 0.45));
  for (const candidate of candidates) {
    const edits = editDistance(name, candidate, bound);
    if (edits > bound) continue;
    best = candidate;
    bound = edits - 1;
    if (bound < 0) break;
  }
  return best;
}

/**
 * Insertions, deletions, replacements and swaps of neighbours between two texts (optimal string alignment);
 * `max + 1` as soon as it is clear that there are more than `max`.
 */
export function editDistance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= b.length; column++) {
      const same = a.charCodeAt(row - 1) === b.charCodeAt(column - 1);
      let edits = Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + (same ? 0 : 1));
      const swapped =
        row > 1 && column > 1 && a.charCodeAt(row - 1) === b.charCodeAt(column - 2) && a.charCodeAt(row - 2) === b.charCodeAt(column - 1);
      if (swapped) edits = Math.min(edits, beforePrevious[column - 2]! + 1);
      current.push(edits);
      if (edits < least) least = edits;
    }
    // No later row can be below this: the row before was at least `max`, and a swap from there costs one more.
    if (least > max) return max + 1;
    beforePrevious = previous;
    previous = current;
  }
  return Math.min(previous[b.length]!, max + 1);
}
