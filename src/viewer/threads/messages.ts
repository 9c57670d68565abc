/** What the threads say to each other. The main thread speaks HTTP; one thread writes, another one reads. */
import type { Limits } from '../store/evict.ts';
import type { Added, Committed, Ingest } from '../store/writer.ts';

export type ThreadData =
  | { readonly role: 'writer'; readonly path: string; readonly lasting: boolean; readonly limits: Limits }
  | { readonly role: 'reader'; readonly path: string };

export type ToWriter =
  | { readonly kind: 'ingest'; readonly id: number; readonly ingest: Ingest }
  | { readonly kind: 'clear'; readonly id: number }
  | { readonly kind: 'close' };

export interface WriterAnswer {
  readonly id: number;
  readonly added?: Added;
  /** Why the bytes are not OTLP. */
  readonly malformed?: string;
  /** Why nothing could be written. */
  readonly failed?: string;
}

export type FromWriter =
  | { readonly kind: 'ready'; readonly committed: Committed }
  | { readonly kind: 'committed'; readonly answers: readonly WriterAnswer[]; readonly committed?: Committed }
  | { readonly kind: 'cleared'; readonly id: number; readonly committed: Committed };

/** A query of the API by the name of its endpoint; `query` was checked. */
export interface Question {
  readonly name: string;
  readonly query: object;
}

export type ToReader = { readonly kind: 'ask'; readonly id: number; readonly question: Question } | { readonly kind: 'close' };

export type FromReader =
  | { readonly kind: 'ready' }
  /** The answer as JSON; undefined: there is no such thing. */
  | { readonly kind: 'answer'; readonly id: number; readonly json?: Uint8Array; readonly failed?: string };
