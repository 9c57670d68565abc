/** The shop on a real PostgreSQL and a real Redis: what it logs to be counted, what is traced, and how it gets by while one of them is away. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import payments from '../../examples/shop/payments/package.json' with { type: 'json' };
import storefront from '../../examples/shop/storefront/package.json' with { type: 'json' };
import type { Shop } from '../../examples/shop/shop.ts';
import { startShop } from '../../examples/shop/shop.ts';
import type { LogRecord, SpanRecord } from '../../src/otlp/records.ts';
import type { Receiver } from '../../src/testing.ts';
import { startReceiver } from '../../src/testing.ts';
import { startPostgres, withoutPostgres } from '../support/postgres.ts';
import { startRedis, withoutRedis } from '../support/redis.ts';
import { otel } from '../support/run-app.ts';
import type { Server } from '../support/server.ts';

const patienceMs = 180_000;

suite('the shop on real servers', { skip: withoutPostgres || withoutRedis, timeout: 1_800_000 }, () => {
  const over = new AbortController();
  let postgres: Server;
  let redis: Server;
  let receiver: Receiver;
  let shop: Shop;
  let death: string | undefined;

  /** The first truthy answer; fails with `what` when none comes in time, and at once when a process of the shop has ended. */
  async function eventually<T>(what: string, look: () => T | Promise<T>): Promise<NonNullable<Exclude<T, false>>> {
    for (const until = Date.now() + patienceMs; Date.now() < until; await delay(100)) {
      assert.equal(death, undefined);
      const found = await look();
      if (found) return found as NonNullable<Exclude<T, false>>;
    }
    assert.fail(`${patienceMs / 1000} s passed without ${what}`);
  }

  before(async () => {
    [postgres, redis, receiver] = await Promise.all([startPostgres(), startRedis(), startReceiver()]);
    shop = await startShop({
      preload: otel,
      otlpUrl: receiver.url,
      rate: 15,
      signal: over.signal,
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      environment: { HOUSEKEEPING_INTERVAL_MS: '500' },
    });
    void shop.died.then((message) => (death = message));
    await Promise.race([shop.ready, shop.died.then((message) => assert.fail(message))]);
  });
  after(async () => {
    over.abort();
    const problems = await shop?.stop();
    await Promise.all([receiver?.close(), redis?.close(), postgres?.close()]);
    assert.deepEqual(problems, [], 'every process ends as it should, with telemetry on');
  });

  function logsWith(fields: Readonly<Record<string, string>>): readonly LogRecord[] {
    return receiver.logs.filter((log) => Object.entries(fields).every(([name, value]) => log.attributes[name] === value));
  }
  function statuses(method: string, route: string): ReadonlySet<number> {
    const spans = receiver.spans.filter(
      (span) => span.attributes['http.request.method'] === method && span.attributes['http.route'] === route,
    );
    return new Set(spans.map((span) => Number(span.attributes['http.response.status_code'])));
  }
  async function health(): Promise<{ readonly code: number; readonly body: unknown }> {
    const response = await fetch(`${shop.storefrontUrl}/healthz`);
    return { code: response.status, body: await response.json() };
  }

  /** Locks the stock, and resolves when an order waits for it in the middle of its transaction. */
  async function holdOrders(): Promise<Client> {
    const client = new Client(postgres.url);
    client.on('error', () => {});
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT * FROM stock FOR UPDATE');
    await eventually('an order that waits', async () => {
      const { rowCount } = await client.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
      return rowCount !== 0;
    });
    return client;
  }

  const events: readonly (readonly [fields: Readonly<Record<string, string>>, body: RegExp, other: readonly string[]])[] = [
    [{ event: 'order', status: 'paid', tenantId: 'globex' }, /^order placed$/, ['orderId', 'totalCents']],
    [{ event: 'order', status: 'declined' }, /^payment declined$/, ['orderId', 'totalCents', 'tenantId']],
    [{ event: 'order', status: 'rejected' }, /^order rejected$/, ['tenantId']],
    [{ event: 'payment', status: 'approved', tenantId: 'globex' }, /^payment approved$/, ['orderId', 'amountCents']],
    [{ event: 'payment', status: 'declined' }, /^payment declined by the bank$/, ['orderId', 'amountCents', 'tenantId']],
    [{ event: 'job', job: 'housekeeping', status: 'succeeded' }, /^housekeeping done$/, ['durationMs']],
    [{ event: 'security', type: 'login_failed' }, /^login failed for \w+@\w+\.example$/, ['email', 'client']],
    [{ event: 'security', type: 'access_denied' }, /^access denied$/, ['path', 'client']],
    [{ event: 'security', type: 'rate_limited' }, /^too many failed logins$/, ['client']],
    [{ event: 'security', type: 'probe' }, /^probed$/, ['path', 'client']],
  ];
  for (const [fields, body, others] of events) {
    test(`the customers cause ${Object.values(fields).join(' ')}`, async () => {
      const [log] = await eventually(JSON.stringify(fields), () => logsWith(fields).length > 0 && logsWith(fields));
      assert.match(String(log!.body), body);
      for (const name of others) assert.notEqual(log!.attributes[name], undefined, name);
    });
  }

  test('doors are open to whom they should be', async () => {
    await eventually('all answers of /admin/orders', () => [200, 401, 403].every((status) => statuses('GET', '/admin/orders').has(status)));
    await eventually('all answers of /login', () => [201, 401, 429].every((status) => statuses('POST', '/login').has(status)));
  });

  test('a session goes along as a header and in the query of a link', async () => {
    const span = await eventually('a query with a token', () =>
      receiver.spans.find(
        ({ attributes }) => /^token=\w/.test(String(attributes['url.query'] ?? '')) && attributes['http.response.status_code'] === 200,
      ),
    );
    assert.equal(span.attributes['http.route'], '/orders/:id');
  });

  test('the catalogue comes from the cache, as a span below its request', async () => {
    const isCommand = (name: string, span: SpanRecord): boolean =>
      span.attributes['db.system.name'] === 'redis' && span.attributes['db.operation.name'] === name;
    const set = await eventually('a SET', () => receiver.spans.find((span) => isCommand('SET', span)));
    const get = await eventually('a hit', () =>
      receiver.spans.find(
        (span) =>
          isCommand('GET', span) &&
          receiver.spans.filter(({ traceId }) => traceId === span.traceId).every((other) => other.name !== 'redis-SET'),
      ),
    );
    const parent = await eventually('its parent', () => receiver.spans.find(({ spanId }) => spanId === get.parentSpanId));
    assert.deepEqual([parent.name, parent.kind, get.kind, get.status.code], ['GET /products', 'server', 'client', 'unset']);
    assert.deepEqual(
      [get.attributes['db.query.text'], get.attributes['server.address'], Number(get.attributes['server.port'])],
      ['GET catalogue', '127.0.0.1', redis.port],
    );
    assert.doesNotMatch(String(set.attributes['db.query.text']), /Espresso/, 'what is stored is not told');
    const unasked = receiver.spans.filter((span) => span.attributes['db.system.name'] === 'redis' && span.parentSpanId === '');
    assert.deepEqual(unasked, [], 'connecting gives no spans');
  });

  test('resources tell which services these are', () => {
    for (const { name, version } of [storefront, payments]) {
      const attributes = receiver.spans.find((span) => span.resource.attributes['service.name'] === name)?.resource.attributes ?? {};
      assert.deepEqual(
        [attributes['service.namespace'], attributes['service.version'], attributes['deployment.environment.name']],
        ['shop', version, 'demo'],
      );
    }
  });

  test('while Redis is away every request is answered, and the log tells it once', async () => {
    assert.deepEqual(await health(), { code: 200, body: { status: 'ok', database: 'ok', cache: 'ok' } });
    await redis.stop();
    await eventually('a health check that tells', async () => ((await health()).body as { cache: string }).cache === 'away');
    for (let count = 0; count < 5; count++) assert.equal((await fetch(`${shop.storefrontUrl}/products`)).status, 200);
    assert.equal((await health()).code, 200, 'a shop without a cache is slower, not ill');
    await redis.start();
    await eventually('the cache being back', async () => ((await health()).body as { cache: string }).cache === 'ok');
    const told = await eventually('both lines', () => {
      const lines = receiver.logs.map(({ body }) => String(body)).filter((body) => body.startsWith('cache is'));
      return lines.includes('cache is back') && lines;
    });
    assert.deepEqual(told, ['cache is away; the database does without', 'cache is back']);
  });

  test('while Redis accepts everything and answers nothing, requests are still answered', async () => {
    process.kill(redis.pid, 'SIGSTOP');
    try {
      for (let count = 0; count < 3; count++) assert.equal((await fetch(`${shop.storefrontUrl}/products`)).status, 200);
    } finally {
      process.kill(redis.pid, 'SIGCONT');
    }
  });

  test('while PostgreSQL is away the health check fails, requests fail, the job fails, and all come back', async () => {
    const waiting = await holdOrders();
    await postgres.stop();
    await waiting.end().catch(() => {}); // its connection went with the server
    await eventually('a failing health check', async () => (await health()).code === 503);
    assert.deepEqual((await health()).body, { status: 'failing', database: 'away', cache: 'ok' });
    assert.equal((await fetch(`${shop.storefrontUrl}/products/1`)).status, 500);
    const [log] = await eventually('a failed job', () => {
      const failed = logsWith({ event: 'job', status: 'failed' });
      return failed.length > 0 && failed;
    });
    assert.equal(log!.severityText, 'error');
    await postgres.start();
    await eventually('a good health check', async () => (await health()).code === 200);
    assert.equal((await fetch(`${shop.storefrontUrl}/products/1`)).status, 200);
  });

  test('other customers make most payments fail, at once', async () => {
    await shop.sendCustomers({ DECLINE_SHARE: 0.7 });
    const from = receiver.logs.length;
    await eventually(
      'enough payments',
      () => receiver.logs.slice(from).filter((log) => log.attributes['event'] === 'payment').length >= 30,
    );
    const made = receiver.logs.slice(from).filter((log) => log.attributes['event'] === 'payment');
    const declined = made.filter((log) => log.attributes['status'] === 'declined').length;
    assert.ok(declined / made.length > 0.5, `${declined} of ${made.length}`);
  });

  test('a payment service that stops is no death of the shop: orders fail until it is back', async () => {
    await shop.stopProcess('shop-payments');
    const stoppedAt = receiver.spans.length;
    await eventually('a call to nobody', () =>
      receiver.spans
        .slice(stoppedAt)
        .some(
          ({ kind, attributes }) =>
            kind === 'client' && String(attributes['url.full']).startsWith(shop.paymentsUrl) && attributes['error.type'] !== undefined,
        ),
    );
    await shop.startProcess('shop-payments');
    const from = receiver.logs.length;
    await eventually('a paid order', () => receiver.logs.slice(from).some((log) => log.attributes['status'] === 'paid'));
    assert.match(
      await eventually('a count of visits', shop.visits),
      /^\d+ visits: \d+ good, \d+ refused \(4xx\), \d+ failed \(5xx\), \d+ without answer$/,
    );
  });
});
