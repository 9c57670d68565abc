/** What the threads say to each other. The main thread speaks HTTP; one thread writes, another one reads. */
import type { Limits } from '../store/evict.ts';
import type { Added, Committed, Ingest } from '../store/writer.ts';

/** A request on its way to the writing thread: as it arrived, so that large bytes are in the thread alone that decodes them. */
export interface Arrived extends Omit<Ingest, 'bytes'> {
  readonly body: Uint8Array;
  readonly isGzip: boolean;
}

export type ThreadData =
  | { readonly role: 'writer'; readonly path: string; readonly lasting: boolean; readonly limits: Limits; readonly maxBodyBytes: number }
  | { readonly role: 'reader'; readonly path: string };

export type ToWriter =
  | { readonly kind: 'ingest'; readonly id: number; readonly arrived: Arrived }
  | { readonly kind: 'clear'; readonly id: number }
  | { readonly kind: 'close' };

/** The body is not OTLP, not gzip, or too large when it is unpacked. */
export interface Refusal {
  readonly why: 'malformed' | 'not gzip' | 'too large';
  readonly message: string;
}

export interface WriterAnswer {
  readonly id: number;
  readonly added?: Added;
  /** Why the request must not be sent again. */
  readonly refused?: Refusal;
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
