/** Errors of spans and log records -> groups by fingerprint. An error that a trace tells of more than once (span, outer span, log line) is one. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ErrorFacts } from './fingerprint.ts';
import { fingerprintOf } from './fingerprint.ts';
import { hashKey, hashPair } from './key-filter.ts';

export interface ErrorPlace {
  readonly timeNs: bigint;
  readonly service: number;
  /** SPANS or LOGS, and the id there. */
  readonly source: number;
  readonly row: number;
  readonly trace: number | null;
  readonly spanId: Uint8Array | null;
  readonly name: string;
}

interface Told {
  readonly id: number;
  readonly error: number;
  readonly source: number;
  readonly row: number;
  /** 1: the group has no stack. */
  readonly bare: 0 | 1;
}

const KNOWN_BY_HEART = 5000;
const LONGEST_STACK = 20_000;
const LONGEST_MESSAGE = 2000;

export class ErrorWriter {
  readonly #groups = new Map<string, number>();
  readonly #find: StatementSync;
  readonly #add: StatementSync;
  readonly #event: StatementSync;
  readonly #findEvent: StatementSync;
  readonly #moveEvent: StatementSync;
  readonly #moveSource: readonly StatementSync[];
  readonly #drop: StatementSync;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT id FROM error_group WHERE fingerprint = ?');
    this.#add = database.prepare('INSERT INTO error_group (fingerprint, type, message, stack) VALUES (?, ?, ?, ?) RETURNING id');
    this.#event = database.prepare(
      `INSERT INTO error_event (error, time_ns, service, source, row, trace, span_id, name, message, same)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#findEvent = database.prepare(
      `SELECT e.id AS id, e.error AS error, e.source AS source, e.row AS row, g.stack IS NULL AS bare FROM error_event e
       JOIN error_group g ON g.id = e.error WHERE e.trace = ? AND e.same = ?`,
    );
    this.#moveEvent = database.prepare('UPDATE error_event SET error = ? WHERE id = ?');
    this.#moveSource = ['span', 'log'].map((table) => database.prepare(`UPDATE ${table} SET error = ? WHERE id = ?`));
    this.#drop = database.prepare('DELETE FROM error_group WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM error_event WHERE error = ?1)');
  }

  /** The id of the error's group. */
  write(facts: ErrorFacts, place: ErrorPlace): number {
    const message = facts.message.slice(0, LONGEST_MESSAGE);
    const same = hashPair(hashKey(facts.type), message);
    const { timeNs, service, source, row, trace, spanId, name } = place;
    const told = trace === null ? undefined : (this.#findEvent.get(trace, same) as Told | undefined);
    if (told !== undefined) return this.#tellAgain(told, facts, message);
    const group = this.#group(facts, message);
    this.#event.run(group, timeNs, service, source, row, trace, spanId, name, message, same);
    return group;
  }

  /** Groups that lost their last event are gone from the database: they must not be known any longer. */
  forget(): void {
    this.#groups.clear();
  }

  /** Whoever knows the stack decides on the group: a log line may come first, and without one. */
  #tellAgain(told: Told, facts: ErrorFacts, message: string): number {
    if (told.bare === 0 || facts.stack === undefined) return told.error;
    const group = this.#group(facts, message);
    if (group === told.error) return group;
    this.#moveEvent.run(group, told.id);
    this.#moveSource[told.source]!.run(group, told.row);
    if (this.#drop.run(told.error).changes > 0) this.#groups.clear();
    return group;
  }

  #group(facts: ErrorFacts, message: string): number {
    const fingerprint = fingerprintOf(facts);
    const known = this.#groups.get(fingerprint);
    if (known !== undefined) return known;
    const stack = facts.stack?.slice(0, LONGEST_STACK) ?? null;
    const { id } = (this.#find.get(fingerprint) ?? this.#add.get(fingerprint, facts.type, message, stack)) as { id: number };
    if (this.#groups.size >= KNOWN_BY_HEART) this.#groups.clear();
    this.#groups.set(fingerprint, id);
    return id;
  }
}
