/** Finds the series of attributes that are passed as a new object each time: name by name and value by value, without making a key of them. */
import type { Attributes } from '@opentelemetry/api';
import type { Series } from './series.ts';

interface Node {
  series: Series | undefined;
  /** By the name of the next attribute, then by its value. */
  readonly next: Map<string, Map<unknown, Node>>;
}

const createNode = (): Node => ({ series: undefined, next: new Map() });

/** The order of the attributes counts. Bounded: when there are too many nodes it begins anew. */
export class SeriesIndex {
  readonly #maxNodes: number;
  #root: Node = createNode();
  #nodes = 0;

  constructor(maxNodes: number) {
    this.#maxNodes = maxNodes;
  }

  /**
   * Undefined as well when a value is no scalar.
   * @throws whatever a getter or a proxy throws
   */
  find(attributes: Attributes): Series | undefined {
    let node: Node | undefined = this.#root;
    for (const name of Object.keys(attributes)) {
      const value = attributes[name];
      // The canonical key leaves them out too.
      if (value === undefined) continue;
      node = node.next.get(name)?.get(value);
      if (node === undefined) return undefined;
    }
    return node.series;
  }

  /**
   * Nothing when a value is no scalar: an array may be another one next time.
   * @throws whatever a getter or a proxy throws
   */
  remember(attributes: Attributes, series: Series): void {
    if (this.#nodes >= this.#maxNodes) this.clear();
    let node = this.#root;
    for (const name of Object.keys(attributes)) {
      const value = attributes[name];
      if (value === undefined) continue;
      if (typeof value === 'object' || typeof value === 'function') return;
      let values = node.next.get(name);
      if (values === undefined) node.next.set(name, (values = new Map()));
      let next = values.get(value);
      if (next === undefined) {
        values.set(value, (next = createNode()));
        this.#nodes++;
      }
      node = next;
    }
    node.series = series;
  }

  clear(): void {
    this.#root = createNode();
    this.#nodes = 0;
  }
}
