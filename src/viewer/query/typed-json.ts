/** JSON text as `store/attribute-json.ts` writes it -> values with OTLP's types. */
import { BYTES_BLANKS, DOUBLE_BLANKS, INTEGER_BLANKS } from '../store/attribute-json.ts';

/** A value that plain JSON cannot tell from another of its kind, as OTLP/JSON writes it. Numbers beside it are integers. */
export class Leaf {
  readonly value: object;
  constructor(value: object) {
    this.value = value;
  }
}

export type Typed = string | number | boolean | null | Leaf | readonly Typed[] | { readonly [key: string]: Typed };
export type TypedObject = { readonly [key: string]: Typed };

const names: Readonly<Record<number, (text: string) => object>> = {
  [INTEGER_BLANKS]: (text) => ({ intValue: text }),
  [DOUBLE_BLANKS]: (text) => ({ doubleValue: text }),
  [BYTES_BLANKS]: (text) => ({ bytesValue: text }),
};

export function parseTyped(text: string): Typed {
  return new Parser(text).value();
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): Typed {
    const start = this.#at;
    while (this.#text[this.#at] === ' ') this.#at++;
    const blanks = this.#at - start;
    switch (this.#text[this.#at]) {
      case '"': {
        const text = this.#string();
        const leaf = names[blanks];
        return leaf === undefined ? text : new Leaf(leaf(text));
      }
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      default:
        return this.#plain();
    }
  }

  #string(): string {
    const start = this.#at;
    do this.#at = this.#text.indexOf('"', this.#at + 1);
    while (this.#at > 0 && this.#isEscaped());
    if (this.#at < 0) throw new SyntaxError('A text does not end.');
    return JSON.parse(this.#text.slice(start, ++this.#at)) as string;
  }

  #isEscaped(): boolean {
    let before = this.#at;
    while (this.#text[before - 1] === '\\') before--;
    return (this.#at - before) % 2 === 1;
  }

  #object(): TypedObject {
    const object = Object.create(null) as Record<string, Typed>;
    this.#list('}', () => {
      const key = this.#string();
      this.#at++;
      object[key] = this.value();
    });
    return object;
  }

  #array(): readonly Typed[] {
    const items: Typed[] = [];
    this.#list(']', () => items.push(this.value()));
    return items;
  }

  #list(end: string, take: () => void): void {
    while (this.#text[++this.#at] !== end) {
      take();
      const next = this.#text[this.#at];
      if (next === end) break;
      if (next !== ',') throw new SyntaxError(`There is no ${end} or comma at ${this.#at}.`);
    }
    this.#at++;
  }

  #plain(): Typed {
    const end = /[,\]}]|$/g;
    end.lastIndex = this.#at;
    const token = this.#text.slice(this.#at, end.exec(this.#text)!.index);
    this.#at += token.length;
    const value = JSON.parse(token) as number | boolean | null;
    if (typeof value !== 'number' || (Number.isSafeInteger(value) && !/[.e]/i.test(token))) return value;
    // JSON writes -0 as 0; as text it stays what it is.
    return new Leaf({ doubleValue: Object.is(value, -0) ? '-0' : value });
  }
}
