/** Data -> the same data, unchangeable. */

/** Freezes plain objects and arrays all the way down, however deep; sets are closed by `createFrozenSet` when they are made. */
export function deepFreeze<Value>(value: Value): Value {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null || Object.isFrozen(next)) continue;
    Object.freeze(next);
    for (const part of Object.values(next)) waiting.push(part);
  }
  return value;
}

/** A set whose `add`, `delete` and `clear` throw: `Object.freeze` alone leaves them working. */
export function createFrozenSet<Item>(items: Iterable<Item>): ReadonlySet<Item> {
  const refuse = { value: refuseChange };
  return Object.freeze(Object.defineProperties(new Set(items), { add: refuse, delete: refuse, clear: refuse }));
}

function refuseChange(): never {
  throw new TypeError('The configuration is frozen.');
}
