/** Text, resources and scopes that repeat -> small numbers. Knows the latest ones by heart and asks the database for the others. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Resource, Scope } from '../../otlp/records.ts';
import { attributesJson, canonicalJson } from './attribute-json.ts';

const KNOWN_BY_HEART = 20_000;

export interface InternedResource {
  readonly id: number;
  /** Interned `service.name`. */
  readonly service: number;
  readonly json: string;
  readonly attributes: Resource['attributes'];
}

export class Interner {
  readonly #strings = new Map<string, number>();
  readonly #resources = new Map<string, InternedResource>();
  readonly #scopes = new Map<string, number>();
  /** Records of one request share the object: most lookups end here. */
  readonly #resourceObjects = new WeakMap<Resource, InternedResource>();
  readonly #scopeObjects = new WeakMap<Scope, number>();
  readonly #statements: Readonly<
    Record<'findString' | 'addString' | 'findResource' | 'addResource' | 'findScope' | 'addScope', StatementSync>
  >;

  constructor(database: DatabaseSync) {
    this.#statements = {
      findString: database.prepare('SELECT id FROM strings WHERE text = ?'),
      addString: database.prepare('INSERT INTO strings (text) VALUES (?) RETURNING id'),
      findResource: database.prepare('SELECT id FROM resource WHERE attributes = ?'),
      addResource: database.prepare('INSERT INTO resource (service, attributes) VALUES (?, ?) RETURNING id'),
      findScope: database.prepare('SELECT id FROM scope WHERE name = ? AND version = ? AND attributes = ?'),
      addScope: database.prepare('INSERT INTO scope (name, version, attributes) VALUES (?, ?, ?) RETURNING id'),
    };
  }

  string(text: string): number {
    const known = this.#strings.get(text);
    if (known !== undefined) return known;
    const { findString, addString } = this.#statements;
    const { id } = (findString.get(text) ?? addString.get(text)) as { id: number };
    remember(this.#strings, text, id);
    return id;
  }

  resource(resource: Resource): InternedResource {
    const seen = this.#resourceObjects.get(resource);
    if (seen !== undefined) return seen;
    const json = canonicalJson(resource.attributes);
    let interned = this.#resources.get(json);
    if (interned === undefined) {
      const name = resource.attributes['service.name'];
      const service = this.string(typeof name === 'string' && name !== '' ? name : 'unknown_service');
      const { findResource, addResource } = this.#statements;
      const { id } = (findResource.get(json) ?? addResource.get(service, json)) as { id: number };
      interned = { id, service, json, attributes: resource.attributes };
      remember(this.#resources, json, interned);
    }
    this.#resourceObjects.set(resource, interned);
    return interned;
  }

  scope(scope: Scope): number {
    const seen = this.#scopeObjects.get(scope);
    if (seen !== undefined) return seen;
    const attributes = attributesJson(scope.attributes);
    const key = `${scope.name}\n${scope.version}\n${attributes}`;
    let id = this.#scopes.get(key);
    if (id === undefined) {
      const { findScope, addScope } = this.#statements;
      ({ id } = (findScope.get(scope.name, scope.version, attributes) ?? addScope.get(scope.name, scope.version, attributes)) as {
        id: number;
      });
      remember(this.#scopes, key, id);
    }
    this.#scopeObjects.set(scope, id);
    return id;
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  if (map.size >= KNOWN_BY_HEART) map.clear();
  map.set(key, value);
}
