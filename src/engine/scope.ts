/** Who records: the name, version and schema that an instrumentation gives when it asks for a tracer or a logger. */

import type { AnyValue } from '@opentelemetry/api';
import { AttributeList } from './attributes.ts';
import type { AttributeLimits } from './attributes.ts';
import { textOf } from './text.ts';

/** https://opentelemetry.io/docs/specs/otel/common/instrumentation-scope/ */
export interface Scope {
  readonly name: string;
  readonly version?: string;
  readonly schemaUrl?: string;
  readonly attributes?: Readonly<Record<string, AnyValue>>;
  readonly droppedAttributesCount?: number;
}

/** One object per scope, which is what batches are sorted by. */
export class ScopeTable<T> {
  readonly #made = new Map<string, T>();
  readonly #make: (scope: Scope) => T;

  constructor(make: (scope: Scope) => T) {
    this.#make = make;
  }

  /** What is no text is made one: a name that is none is the empty name. */
  get(name: unknown, version: unknown, schemaUrl: unknown, attributes?: AttributeList): T {
    const own = optionalText(name) ?? '';
    const ofVersion = optionalText(version);
    const ofSchema = optionalText(schemaUrl);
    const key = `${own}@${ofVersion ?? ''}:${ofSchema ?? ''}${attributes ? JSON.stringify([attributes.keys, attributes.values]) : ''}`;
    let made = this.#made.get(key);
    if (made === undefined) {
      made = this.#make({
        name: own,
        ...(ofVersion !== undefined && { version: ofVersion }),
        ...(ofSchema !== undefined && { schemaUrl: ofSchema }),
        ...(attributes && { attributes: attributes.toObject(), droppedAttributesCount: attributes.dropped }),
      });
      this.#made.set(key, made);
    }
    return made;
  }
}

/** Undefined when there are none. Scopes take what events take: texts, numbers, booleans, and arrays of one of these. */
export function scopeAttributes(attributes: unknown, limits: AttributeLimits): AttributeList | undefined {
  if (attributes === undefined || attributes === null) return undefined;
  const list = new AttributeList();
  list.setFirst(attributes, limits, true);
  return list.keys.length > 0 || list.dropped > 0 ? list : undefined;
}

function optionalText(text: unknown): string | undefined {
  return text === undefined || text === null ? undefined : textOf(text);
}
