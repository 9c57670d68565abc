/** Interned ids -> what they stand for, known by heart. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Attributes } from '../api.ts';

export interface KnownResource {
  readonly id: number;
  readonly service: string;
  readonly attributes: Attributes;
}

export interface KnownScope {
  readonly name: string;
  readonly version?: string;
}

const KNOWN_STRINGS = 50_000;

export class Names {
  readonly #strings = new Map<number, string>();
  readonly #resources = new Map<number, KnownResource>();
  readonly #scopes = new Map<number, KnownScope>();
  readonly #statements: Readonly<Record<'string' | 'resources' | 'resource' | 'scope' | 'containing', StatementSync>>;

  constructor(database: DatabaseSync) {
    this.#statements = {
      string: database.prepare('SELECT text FROM strings WHERE id = ?'),
      resources: database.prepare(
        'SELECT r.id AS id, s.text AS service, r.attributes AS attributes FROM resource r JOIN strings s ON s.id = r.service WHERE r.id > ?',
      ),
      resource: database.prepare('SELECT max(id) AS id FROM resource'),
      scope: database.prepare('SELECT name, version FROM scope WHERE id = ?'),
      containing: database.prepare('SELECT id FROM strings WHERE instr(lower(text), lower(?)) > 0'),
    };
  }

  /** After the store was cleared. */
  clear(): void {
    this.#strings.clear();
    this.#resources.clear();
    this.#scopes.clear();
  }

  string(id: number): string {
    let text = this.#strings.get(id);
    if (text === undefined) {
      text = (this.#statements.string.get(id) as { text: string } | undefined)?.text ?? '';
      if (this.#strings.size >= KNOWN_STRINGS) this.#strings.clear();
      this.#strings.set(id, text);
    }
    return text;
  }

  /** Interned texts with this part, case aside. */
  containing(part: string): ReadonlySet<number> {
    return new Set((this.#statements.containing.all(part) as { id: number }[]).map(({ id }) => id));
  }

  resource(id: number): KnownResource {
    return this.resources().get(id) ?? { id, service: '', attributes: {} };
  }

  resources(): ReadonlyMap<number, KnownResource> {
    const { id: last } = this.#statements.resource.get() as { id: number | null };
    if (last !== null && !this.#resources.has(last)) {
      const known = Math.max(0, ...this.#resources.keys());
      for (const row of this.#statements.resources.all(known) as { id: number; service: string; attributes: string }[])
        this.#resources.set(row.id, { id: row.id, service: row.service, attributes: JSON.parse(row.attributes) as Attributes });
    }
    return this.#resources;
  }

  /** Ids of the resources of a service. */
  resourcesOf(service: string): ReadonlySet<number> {
    const ids = new Set<number>();
    for (const { id, service: name } of this.resources().values()) if (name === service) ids.add(id);
    return ids;
  }

  scope(id: number): KnownScope {
    let scope = this.#scopes.get(id);
    if (scope === undefined) {
      const row = this.#statements.scope.get(id) as { name: string; version: string } | undefined;
      scope = { name: row?.name ?? '', ...(row?.version ? { version: row.version } : {}) };
      this.#scopes.set(id, scope);
    }
    return scope;
  }
}
