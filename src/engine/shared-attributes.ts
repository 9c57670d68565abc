/** Attributes that many spans have in common, such as those of a connection: made and encoded once, then copied as bytes. */
import type { AnyValue, SpanOptions } from '@opentelemetry/api';
import { ByteWriter } from '../otlp/byte-writer.ts';
import { encodeAttribute } from '../otlp/encode-value.ts';
import type { AttributeList } from './attributes.ts';

/** Nothing checks them again: names are not empty, none comes twice, and values are texts, numbers or booleans. */
export class SharedAttributes {
  readonly keys: readonly string[];
  readonly values: readonly AnyValue[];
  #encoded: Uint8Array | undefined = undefined;

  constructor(keys: readonly string[], values: readonly AnyValue[]) {
    this.keys = keys;
    this.values = values;
  }

  /** As field 9 of a `Span`. */
  get encoded(): Uint8Array {
    return (this.#encoded ??= this.#encode());
  }

  #encode(): Uint8Array {
    const writer = new ByteWriter(512);
    for (let i = 0; i < this.keys.length; i++) encodeAttribute(writer, 9, this.keys[i] as string, this.values[i]);
    return writer.take();
  }
}

/** Key of the method by which options of our own write their attributes into a span of ours; every other tracer reads `attributes`. */
export const FILL: unique symbol = Symbol('otelier.fill');

export interface FillingOptions extends SpanOptions {
  /** Called once, in place of reading `attributes`, on an empty list and where no limit can be met. */
  [FILL](list: AttributeList): void;
}

export function isFilling(options: SpanOptions | undefined): options is FillingOptions {
  return options !== undefined && FILL in options;
}
