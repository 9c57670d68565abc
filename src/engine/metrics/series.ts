/** One series: the state of one set of attributes of one instrument for one reader. Sums and last values; histograms are in files of their own. */
import type { Attributes } from '@opentelemetry/api';
import { Reservoir } from './exemplars.ts';
import { toHrTime } from '../clock.ts';
import type { Offer, Point } from './types.ts';

export abstract class Series {
  /** See `CleanAttributes`. */
  readonly key: string;
  readonly attributes: Attributes;
  /** In which interval of its stream it was last written to. */
  interval = -1;
  /** Is it in its stream's table? One that is not may still be known by the identity of its attributes. */
  living = false;
  startMs = 0;
  protected reservoir: Reservoir | undefined;

  constructor(key: string, attributes: Attributes) {
    this.key = key;
    this.attributes = attributes;
  }

  abstract record(value: number, offer: Offer): void;

  /** A snapshot: later measurements do not change it. */
  protected abstract value(): unknown;

  /** Begins a new interval of a delta series. */
  abstract reset(): void;

  /** See `Reservoir`; there is none before the first offer. */
  protected admits(slot: number, slots: number): boolean {
    return (this.reservoir ??= new Reservoir(slots)).admits(slot);
  }

  /** The point up to now; the exemplars are gone after it. */
  take(nowMs: number): Point {
    const exemplars = this.reservoir?.take();
    return {
      attributes: this.attributes,
      startTime: toHrTime(this.startMs),
      endTime: toHrTime(nowMs),
      value: this.value(),
      ...(exemplars && { exemplars }),
    };
  }
}

export class SumSeries extends Series {
  #sum = 0;

  override record(value: number, offer: Offer): void {
    this.#sum += value;
    if (offer !== undefined && this.admits(0, 1)) this.reservoir?.keep(0, value, offer);
  }

  protected override value(): number {
    return this.#sum;
  }

  override reset(): void {
    this.#sum = 0;
  }
}

export class LastValueSeries extends Series {
  #last = 0;

  override record(value: number, offer: Offer): void {
    this.#last = value;
    if (offer !== undefined && this.admits(0, 1)) this.reservoir?.keep(0, value, offer);
  }

  protected override value(): number {
    return this.#last;
  }

  override reset(): void {}
}
