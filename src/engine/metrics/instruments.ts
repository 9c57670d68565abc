/** The instruments an app holds: `add`, `record` and callbacks -> the streams of their storage. Nothing here throws. */
import { ValueType } from '@opentelemetry/api';
import type { Attributes, Context, ObservableCallback } from '@opentelemetry/api';
import type { Callbacks } from './callbacks.ts';
import type { Storage } from './storage.ts';
import type { SyncStream } from './stream.ts';
import type { Offer } from './types.ts';

type OfferOf = (given: Context | undefined) => Offer;

class SyncInstrument {
  readonly #storage: Storage;
  readonly #streams: readonly SyncStream[];
  readonly #offerOf: OfferOf;
  readonly #least: number;
  readonly #whole: boolean;

  constructor(storage: Storage, offerOf: OfferOf) {
    this.#storage = storage;
    this.#streams = storage.streams;
    this.#offerOf = offerOf;
    this.#least = storage.least;
    this.#whole = storage.descriptor.valueType === ValueType.INT;
  }

  protected measure(given: number, attributes: Attributes | undefined, context: Context | undefined): void {
    let value = given;
    if (typeof value !== 'number' || this.#whole || !(value >= this.#least)) {
      const accepted = this.#storage.accept(value);
      if (accepted === undefined) return;
      value = accepted;
    }
    const offer = this.#offerOf(context);
    const streams = this.#streams;
    for (let i = 0; i < streams.length; i++) (streams[i] as SyncStream).record(value, attributes, offer);
  }
}

export class AddingInstrument extends SyncInstrument {
  /** Of a counter only from 0 upwards. */
  add(value: number, attributes?: Attributes, context?: Context): void {
    this.measure(value, attributes, context);
  }
}

export class RecordingInstrument extends SyncInstrument {
  /** Of a histogram only from 0 upwards. */
  record(value: number, attributes?: Attributes, context?: Context): void {
    this.measure(value, attributes, context);
  }
}

export class ObservableInstrument {
  readonly storage: Storage;
  readonly #callbacks: Callbacks;

  constructor(storage: Storage, callbacks: Callbacks) {
    this.storage = storage;
    this.#callbacks = callbacks;
  }

  addCallback(callback: ObservableCallback): void {
    this.#callbacks.add(callback, this);
  }

  removeCallback(callback: ObservableCallback): void {
    this.#callbacks.remove(callback, this);
  }
}
