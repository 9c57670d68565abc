/** What is done to an app under load, and what has to arrive for it. */

export interface LoadCase {
  /** The name that `--only` takes. */
  readonly section: string;
  readonly what: string;
  readonly app: string;
  readonly path: string;
  /** For each request, at least. */
  readonly expected: { readonly spans: number; readonly logs: number };
  /** The unsampled path: 1 % of the traces are recorded. */
  readonly onePercent?: true;
  /** At a fixed rate instead of as fast as it goes. */
  readonly fixedRate?: true;
  readonly needsDatabase?: true;
}

export const loadCases: readonly LoadCase[] = [
  { section: 'http', what: 'node:http', app: 'http.cjs', path: '/', expected: { spans: 1, logs: 0 } },
  { section: 'express', what: 'express + one winston line', app: 'express.cjs', path: '/hello/bob', expected: { spans: 1, logs: 1 } },
  { section: 'sampled', what: 'node:http, 1 % sampled', app: 'http.cjs', path: '/', expected: { spans: 0, logs: 0 }, onePercent: true },
  { section: 'fastify', what: 'fastify + one fetch', app: 'fastify.cjs', path: '/out/7', expected: { spans: 2, logs: 0 } },
  { section: 'pg', what: 'express + one query', app: 'pg.cjs', path: '/item/7', expected: { spans: 2, logs: 0 }, needsDatabase: true },
  {
    section: 'latency',
    what: 'express + one winston line, fixed rate',
    app: 'express.cjs',
    path: '/hello/bob',
    expected: { spans: 1, logs: 1 },
    fixedRate: true,
  },
];
