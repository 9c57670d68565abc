/** Who records: the name, version and schema that an instrumentation gives when it asks for a tracer or a logger. */

/** https://opentelemetry.io/docs/specs/otel/common/instrumentation-scope/ */
export interface Scope {
  readonly name: string;
  readonly version?: string;
  readonly schemaUrl?: string;
}

/** One object per scope, which is what batches are sorted by. */
export class ScopeTable<T> {
  readonly #made = new Map<string, T>();
  readonly #make: (scope: Scope) => T;

  constructor(make: (scope: Scope) => T) {
    this.#make = make;
  }

  get(name: string, version: string | undefined, schemaUrl: string | undefined): T {
    const key = `${name}@${version ?? ''}:${schemaUrl ?? ''}`;
    let made = this.#made.get(key);
    if (made === undefined) {
      made = this.#make({ name, ...(version !== undefined && { version }), ...(schemaUrl !== undefined && { schemaUrl }) });
      this.#made.set(key, made);
    }
    return made;
  }
}
