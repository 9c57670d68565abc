/**
 * A context that costs one small object: the newest value is looked at first, which nearly always is the span. The API's own copies a `Map` for each
 * value, and V8's maps keep what was copied from them reachable for the young generation's collector: under load its spaces grow to their maximum.
 */
import type { Context } from '@opentelemetry/api';

class Value implements Context {
  readonly #key: symbol;
  readonly #value: unknown;
  /** The other values: none has this key, so that a chain is never longer than the number of keys in use. */
  readonly #others: Context;

  constructor(key: symbol, value: unknown, others: Context) {
    this.#key = key;
    this.#value = value;
    this.#others = others;
  }

  getValue(key: symbol): unknown {
    return key === this.#key ? this.#value : this.#others.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return new Value(key, value, this.deleteValue(key));
  }

  deleteValue(key: symbol): Context {
    if (key === this.#key) return this.#others;
    const others = this.#others.deleteValue(key);
    return others === this.#others ? this : new Value(this.#key, this.#value, others);
  }
}

/** Without values, like the API's `ROOT_CONTEXT`; contexts made from it are light. https://opentelemetry.io/docs/specs/otel/context/ */
export const EMPTY_CONTEXT: Context = Object.freeze({
  getValue: () => undefined,
  setValue: (key: symbol, value: unknown): Context => new Value(key, value, EMPTY_CONTEXT),
  deleteValue: (): Context => EMPTY_CONTEXT,
});
