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

const KNOWN_BY_HEART = 5000;
const LONGEST_STACK = 20_000;
const LONGEST_MESSAGE = 2000;

export class ErrorWriter {
  readonly #groups = new Map<string, number>();
  readonly #find: StatementSync;
  readonly #add: StatementSync;
  readonly #event: StatementSync;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT id FROM error_group WHERE fingerprint = ?');
    this.#add = database.prepare('INSERT INTO error_group (fingerprint, type, message, stack) VALUES (?, ?, ?, ?) RETURNING id');
    this.#event = database.prepare(
      `INSERT OR IGNORE INTO error_event (error, time_ns, service, source, row, trace, span_id, name, message, same)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  /** The id of the error's group. */
  write(facts: ErrorFacts, place: ErrorPlace): number {
    const message = facts.message.slice(0, LONGEST_MESSAGE);
    const group = this.#group(facts, message);
    const same = hashPair(hashKey(facts.type), message);
    const { timeNs, service, source, row, trace, spanId, name } = place;
    this.#event.run(group, timeNs, service, source, row, trace, spanId, name, message, same);
    return group;
  }

  /** Groups that lost their last event are gone from the database: they must not be known any longer. */
  forget(): void {
    this.#groups.clear();
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
