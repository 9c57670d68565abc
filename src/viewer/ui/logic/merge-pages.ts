/** Turns a list that was loaded page by page and a fresh first page into the list of now. */

export interface Pages<T> {
  readonly items: readonly T[];
  /** Where the next page begins. */
  readonly next: string | undefined;
}

/**
 * Puts the fresh first page before what is older. When the two do not touch, because more has come than a page holds, there would be a hole: then only
 * the fresh page remains.
 */
export function mergeFirstPage<T>(old: Pages<T>, fresh: Pages<T>, idOf: (item: T) => string): Pages<T> {
  const ids = new Set(fresh.items.map(idOf));
  const rest = old.items.filter((item) => !ids.has(idOf(item)));
  const touches = rest.length < old.items.length;
  if (!touches || fresh.next === undefined) return fresh;
  // What stood before the last shared item and is not in the fresh page has gone meanwhile.
  let lastShared = -1;
  for (const [index, item] of old.items.entries()) if (ids.has(idOf(item))) lastShared = index;
  const older = old.items.slice(lastShared + 1);
  return older.length === 0 ? fresh : { items: [...fresh.items, ...older], next: old.next };
}

export function appendPage<T>(old: Pages<T>, page: Pages<T>, idOf: (item: T) => string): Pages<T> {
  const ids = new Set(old.items.map(idOf));
  return { items: [...old.items, ...page.items.filter((item) => !ids.has(idOf(item)))], next: page.next };
}
