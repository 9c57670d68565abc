/** pg: one client span per query, below the span that asked, however many units of work share a connection. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startPglite } from '../support/pglite.ts';
import type { Pglite } from '../support/pglite.ts';
import { root, runApp } from '../support/run-app.ts';
import { drawTraces } from '../support/trace-tree.ts';

const folder = join(root, 'test', 'fixtures', 'instrument');
const env = { OTEL_METRICS_EXPORTER: 'none' };

let postgres: Pglite;
before(async () => {
  postgres = await startPglite();
});
after(() => postgres.close());

const quietTrace = `
internal one
├─ client pg.query:SELECT postgres
└─ client pg.query:SELECT postgres
internal two
├─ client pg.query:SELECT postgres
└─ client pg.query:SELECT postgres
internal three
├─ client pg.query:SELECT postgres
└─ client pg.query:SELECT postgres
internal callback
└─ client pg.query:SELECT postgres
internal failing
└─ client pg.query:SELECT postgres
internal client
└─ client pg.query:SELECT postgres`;

for (const node of ['20.20.2', '24.21.0'] as const) {
  for (const app of ['pg.mjs', 'pg.cjs']) {
    describe(`${app} on Node.js ${node}`, () => {
      test('each query is one client span in the trace that asked for it, and connections give none', async () => {
        const { receiver, code, stderr } = await runApp({ app: join(folder, app), args: [postgres.url], env, node });
        assert.equal(code, 0, stderr);
        assert.equal(`\n${drawTraces(receiver.spans)}`, quietTrace);
        // Not only of the right shape: each query says by its text whose it is.
        for (const name of ['one', 'two', 'three']) {
          const root = receiver.spans.find((span) => span.name === name)!;
          const texts = receiver.spans
            .filter(({ parentSpanId }) => parentSpanId === root.spanId)
            .map(({ attributes }) => attributes['db.query.text'] ?? attributes['db.statement']);
          assert.deepEqual(texts.sort(), [`SELECT $1::text AS ${name}`, `SELECT $1::text AS again_${name}`].sort());
        }
        assert.equal(receiver.spans.find(({ name }) => name === 'callback')!.attributes['rows'], 1);
        assert.equal(new Set(receiver.spans.filter(({ parentSpanId }) => parentSpanId === '').map(({ traceId }) => traceId)).size, 6);
      });
    });
  }
}

test('a query that fails has status error and says why', async () => {
  const { receiver } = await runApp({ app: join(folder, 'pg.mjs'), args: [postgres.url], env });
  const root = receiver.spans.find(({ name }) => name === 'failing')!;
  const { status } = receiver.spans.find(({ parentSpanId }) => parentSpanId === root.spanId)!;
  assert.equal(status.code, 'error');
  assert.match(status.message, /relation "nowhere" does not exist/);
});

test('OTELIER_VERBOSE_SPANS=true shows the connections too', async () => {
  const { receiver } = await runApp({ app: join(folder, 'pg.cjs'), args: [postgres.url], env: { ...env, OTELIER_VERBOSE_SPANS: 'true' } });
  const names = new Set(receiver.spans.map(({ name }) => name));
  assert.ok(names.has('pg-pool.connect') && names.has('pg.connect'), [...names].join(', '));
});

test('OTEL_NODE_DISABLED_INSTRUMENTATIONS=pg leaves the queries out', async () => {
  const { receiver } = await runApp({
    app: join(folder, 'pg.cjs'),
    args: [postgres.url],
    env: { ...env, OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'pg' },
  });
  assert.deepEqual(
    receiver.spans.map(({ name }) => name),
    ['one', 'two', 'three', 'callback', 'failing', 'client'],
  );
});
