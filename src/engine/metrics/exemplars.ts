/** Which measurements may become exemplars, and the reservoirs that keep a few of them between two collections. */
import { context, trace } from '@opentelemetry/api';
import type { Context, SpanContext } from '@opentelemetry/api';
import { Identity } from '../ids.ts';
import { toHrTime } from '../clock.ts';
import type { Exemplar, Offer } from './types.ts';

/** Values of `OTEL_METRICS_EXEMPLAR_FILTER`. https://opentelemetry.io/docs/specs/otel/metrics/sdk/#exemplarfilter */
export type ExemplarFilter = 'always_on' | 'always_off' | 'trace_based';

const SAMPLED = 1;
const { getSpan } = trace;

/** @throws whatever a context or a span of the app throws */
function spanOf(given: Context | undefined): Identity | SpanContext | undefined {
  const span = getSpan(given ?? context.active());
  return span instanceof Identity ? span : span?.spanContext();
}

/** What a measurement offers, by filter. The span is that of the context passed, else of the active one. */
export const offers: Readonly<Record<ExemplarFilter, (given: Context | undefined) => Offer>> = {
  always_on(given) {
    try {
      return spanOf(given) ?? null;
    } catch {
      return null;
    }
  },
  always_off: () => undefined,
  trace_based(given) {
    try {
      const span = spanOf(given);
      return span !== undefined && (span.traceFlags & SAMPLED) !== 0 ? span : undefined;
    } catch {
      // What an app passes as a context may be anything.
      return undefined;
    }
  },
};

/**
 * Keeps at most one measurement a slot, each with the same chance. Slots are either chosen by the caller (one a bucket: "aligned") or filled at random
 * ("simple fixed size"). https://opentelemetry.io/docs/specs/otel/metrics/sdk/#exemplarreservoir
 */
export class Reservoir {
  readonly #slots: number;
  readonly #seen: Float64Array;
  /** Which measurement of a slot, counted from 1, is kept next. */
  readonly #next: Float64Array;
  readonly #values: Float64Array;
  readonly #times: Float64Array;
  readonly #spans: (SpanContext | null | undefined)[];
  #total = 0;

  constructor(slots: number) {
    this.#slots = slots;
    this.#seen = new Float64Array(slots);
    this.#next = new Float64Array(slots);
    this.#values = new Float64Array(slots);
    this.#times = new Float64Array(slots);
    this.#spans = Array.from({ length: slots });
  }

  /**
   * Is the next measurement of a slot to be kept? The n-th replaces the one before with a chance of 1/n: which one does so next is drawn when one is kept,
   * so that the rest cost a comparison. The value is not asked for: passing a number on may cost an allocation.
   */
  admits(slot: number): boolean {
    this.#total++;
    const seen = (this.#seen[slot] as number) + 1;
    this.#seen[slot] = seen;
    if (seen < (this.#next[slot] as number)) return false;
    this.#next[slot] = Math.floor(seen / (1 - Math.random())) + 1;
    return true;
  }

  /** Algorithm R. */
  offer(value: number, span: Offer): void {
    const total = this.#total++;
    const slot = total < this.#slots ? total : Math.floor(Math.random() * (total + 1));
    if (slot >= this.#slots) return;
    this.#seen[slot] = 1;
    this.keep(slot, value, span);
  }

  keep(slot: number, value: number, span: Offer): void {
    this.#values[slot] = value;
    this.#times[slot] = Date.now();
    this.#spans[slot] = span instanceof Identity ? span.spanContext() : span;
  }

  /** What is kept, in the order of the slots; the reservoir is empty after it and holds on to no span. */
  take(): Exemplar[] | undefined {
    if (this.#total === 0) return undefined;
    const taken: Exemplar[] = [];
    for (let slot = 0; slot < this.#slots; slot++) {
      if (this.#seen[slot] === 0) continue;
      const span = this.#spans[slot];
      taken.push({
        filteredAttributes: {},
        value: this.#values[slot] as number,
        timestamp: toHrTime(this.#times[slot] as number),
        ...(span && { traceId: span.traceId, spanId: span.spanId }),
      });
    }
    this.#seen.fill(0);
    this.#next.fill(0);
    this.#spans.fill(undefined);
    this.#total = 0;
    return taken;
  }
}
