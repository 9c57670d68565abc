/**
 * Trace and span ids as 32-bit parts, which need no text until somebody asks for it: an unsampled span mostly never does.
 * https://www.w3.org/TR/trace-context-2/#trace-id
 */
import { isSpanContextValid, trace } from '@opentelemetry/api';
import type { Context, SpanContext, TraceState } from '@opentelemetry/api';
import { digitOf } from '../otlp/encode-value.ts';

/**
 * 32 random bits, of the generator that the stock SDK takes its ids from. Not of `node:crypto`: loading that is a fifth of a start, and an id need not be
 * secret.
 */
function randomPart(): number {
  return (Math.random() * 2 ** 32) | 0;
}

const text = Buffer.alloc(24);

/** Four parts of a trace id, most significant first. */
export interface TraceParts {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
}

export function randomTrace(): TraceParts {
  // An id of zeros is no id.
  return { t0: randomPart(), t1: randomPart(), t2: randomPart(), t3: randomPart() || 1 };
}

/** The trace that came over the wire. */
export function partsOfTrace({ traceId }: SpanContext): TraceParts {
  return { t0: partOf(traceId, 0), t1: partOf(traceId, 8), t2: partOf(traceId, 16), t3: partOf(traceId, 24) };
}

/** What every span of ours is: a new id within a trace, flags, and the state that travels along. */
export class Identity implements TraceParts {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  readonly s0: number;
  readonly s1: number;
  readonly traceFlags: number;
  readonly traceState: TraceState | undefined;
  #context: SpanContext | undefined = undefined;

  constructor({ t0, t1, t2, t3 }: TraceParts, traceFlags: number, traceState: TraceState | undefined) {
    this.t0 = t0;
    this.t1 = t1;
    this.t2 = t2;
    this.t3 = t3;
    this.s0 = randomPart();
    this.s1 = randomPart() || 1;
    this.traceFlags = traceFlags;
    this.traceState = traceState;
  }

  spanContext(): SpanContext {
    return (this.#context ??= this.#createContext());
  }

  #createContext(): SpanContext {
    text.writeInt32BE(this.t0, 0);
    text.writeInt32BE(this.t1, 4);
    text.writeInt32BE(this.t2, 8);
    text.writeInt32BE(this.t3, 12);
    text.writeInt32BE(this.s0, 16);
    text.writeInt32BE(this.s1, 20);
    const { traceFlags, traceState } = this;
    const ids = { traceId: text.toString('hex', 0, 16), spanId: text.toString('hex', 16, 24), traceFlags };
    return traceState ? { ...ids, traceState } : ids;
  }
}

/** The span that a context holds, one of ours as it is; undefined when it holds none, or none with ids. */
export function spanIn(context: Context): Identity | SpanContext | undefined {
  const span = trace.getSpan(context);
  if (span === undefined || span instanceof Identity) return span;
  const spanContext = span.spanContext();
  return isSpanContextValid(spanContext) ? spanContext : undefined;
}

/** The 32-bit part of `hex` that begins at digit `at`; what is not a digit counts as 0. */
export function partOf(hex: string, at: number): number {
  let part = 0;
  for (let i = at; i < at + 8; i++) part = (part << 4) | digitOf(hex.charCodeAt(i));
  return part;
}
