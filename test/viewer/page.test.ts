/** The viewer's page as its users meet it: the real `otelier dev`, the real shop with orders that fail, and a real browser. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import type { ErrorGroup, Page as Items, TraceSummary } from '../../src/viewer/api.ts';
import { missingBrowser, patienceMs, startPageSession, until, type PageSession } from '../support/page-session.ts';

const skip = missingBrowser() ?? false;
let session: PageSession;

before(async () => {
  if (skip) return;
  session = await startPageSession();
});
after(async () => {
  if (!skip) await session.stop();
});

async function click(page: Page, selector: string): Promise<void> {
  await page.locator(selector).first().click();
}
async function see(page: Page, selector: string): Promise<string> {
  const place = page.locator(selector).first();
  await place.waitFor();
  return (await place.textContent()) ?? '';
}
/** The button that stops and starts that the page follows what arrives. */
const live = (page: Page) => page.locator('button.live');

test('before any data every view tells the next step, with a command to copy', { skip }, async () => {
  for (const path of ['/', '/traces', '/logs', '/metrics', '/errors', '/map']) {
    const page = await session.open(path);
    assert.match(await see(page, '.empty .command code'), /OTEL_EXPORTER_OTLP_ENDPOINT=.* node /, path);
    await page.context().close();
  }
});

/** A declined order with all of its spans and log records. */
let failedOrder = '';

test('the shop begins, and its traces show up on a page that is already open', { skip }, async () => {
  const page = await session.open('/traces');
  await session.startShop(6);
  await see(page, '.trace-row');
  const wanted = '/api/traces?attr=http.response.status_code%3D402';
  const declined = await until(
    async () => (await session.ask<Items<TraceSummary>>(wanted)).items.find(({ complete, logCount }) => complete && logCount > 1),
    patienceMs,
  );
  assert.ok(declined, 'no order was declined');
  failedOrder = declined.traceId;
  await page.context().close();
});

test('a failed order is found by an attribute, opened, its log line read, and its error group reached', { skip }, async () => {
  const page = await session.open('/traces');
  await page.getByLabel('Search traces').fill('http.response.status_code=402');
  await page.waitForURL(/q=http\.response\.status_code%3D402/);
  await page.locator('.trace-list:not(.stale)').waitFor();
  const found = page.locator('.trace-row');
  await found.locator('.http-status.warned', { hasText: '402' }).first().waitFor();
  assert.equal(
    await found.filter({ hasNot: page.locator('.http-status.warned', { hasText: '402' }) }).count(),
    0,
    'others are listed, too',
  );
  await found.locator(`a[href*="${failedOrder}"]`).click();
  assert.equal(await see(page, '.trace-title h2'), 'POST /orders');

  await page.locator('.log-line .wf-name', { hasText: 'payment declined' }).last().click();
  assert.match(await see(page, '.panel h2'), /payment declined/);
  assert.match(page.url(), /log=/);
  await page.locator('.panel-actions a', { hasText: 'Error group' }).click();
  assert.equal(await see(page, '.error-header h2'), 'PaymentDeclined');
  assert.match(await see(page, '.stack .own'), /orders\.js/);

  await page.locator('.error-view .table a').first().click();
  assert.equal(await see(page, '.trace-title h2'), 'POST /orders');
  await page.goBack();
  assert.equal(await see(page, '.error-header h2'), 'PaymentDeclined');
  await page.context().close();
});

test('a dot on a latency chart is an exemplar: a click opens the trace of that very request', { skip }, async () => {
  const page = await session.open('/metrics/http.server.request.duration');
  await page.locator('.exemplars a').first().waitFor();
  await live(page).click(); // paused: the chart stands still
  const opened = await until(() => clickDot(page), patienceMs);
  assert.equal(opened, true, 'no dot of the chart led to a trace');
  assert.match(await see(page, '.panel .panel-sub'), /server/);
  await page.context().close();
});

/** Clicks where the pointer says that there is a dot, one place after the other, until one leads to a trace. */
async function clickDot(page: Page): Promise<boolean> {
  const chart = page.locator('.u-over');
  const box = await chart.boundingBox();
  if (box === null) return false;
  const places = (await page.evaluate(findDots)) as readonly (readonly [x: number, y: number])[];
  for (const [x, y] of places) {
    await page.mouse.move(box.x + x, box.y + y);
    await page.mouse.click(box.x + x, box.y + y);
    if (await until(async () => page.url().includes('/traces/'), 5000)) return true;
  }
  return false;
}

/** Runs in the page, as the real mouse would take minutes to be everywhere on the chart: the places of the dots, newest first. */
const findDots = `(() => {
  const over = document.querySelector('.u-over');
  const { left, top, width, height } = over.getBoundingClientRect();
  const found = [];
  for (let x = width - 4; x > 0; x -= 7) {
    for (let y = 2; y < height; y += 7) {
      over.dispatchEvent(new MouseEvent('mousemove', { clientX: left + x, clientY: top + y, bubbles: true }));
      if (over.style.cursor === 'pointer' && found.every((other) => Math.hypot(other[0] - x, other[1] - y) > 20)) found.push([x, y]);
    }
  }
  return found;
})()`;

test('the tail of the logs moves by itself, stands still when paused or scrolled away, and says how much is new', { skip }, async () => {
  const page = await session.open('/logs');
  // With its date: midnight may come.
  const newest = async (): Promise<string> => (await page.locator('.log-row time').first().getAttribute('datetime')) ?? '';
  const before = await newest();
  assert.ok(await until(async () => (await newest()) > before, patienceMs), 'nothing new came');

  await live(page).click();
  await page.locator('.live.paused small').waitFor();
  await live(page).click();
  await page.locator('.live.on').waitFor();

  const lines = page.locator('.log-list');
  const beyond = (): Promise<number> =>
    lines.evaluate((list: { scrollHeight: number; clientHeight: number }) => list.scrollHeight - list.clientHeight);
  assert.ok(await until(async () => (await beyond()) >= 100, patienceMs), 'too few lines to scroll away from the newest');
  await lines.evaluate((list: { scrollTop: number }) => (list.scrollTop = 100));
  await page.locator('.new-lines').click();
  assert.ok(await until(async () => (await newest()) > before, patienceMs));
  await page.context().close();
});

test(
  'with the oldest first the tail of the logs follows at the bottom, as a terminal does, and stands still when scrolled up',
  { skip },
  async () => {
    const page = await session.open('/logs');
    await page.getByRole('button', { name: 'Oldest first' }).click();
    await page.waitForURL(/order=oldest/);
    const lines = page.locator('.log-list');
    interface Scrolled {
      scrollTop: number;
      readonly scrollHeight: number;
      readonly clientHeight: number;
    }
    const below = (): Promise<number> => lines.evaluate((list: Scrolled) => list.scrollHeight - list.clientHeight - list.scrollTop);
    const times = (): Promise<readonly string[]> =>
      page
        .locator('.log-row time')
        .evaluateAll((all: readonly { getAttribute(name: string): string | null }[]) =>
          all.map((one) => one.getAttribute('datetime') ?? ''),
        );
    const follows = async (than: string): Promise<boolean> =>
      until(async () => ((await times()).at(-1) ?? '') > than && (await below()) < 12, patienceMs);
    assert.ok(
      await until(async () => (await lines.evaluate((list: Scrolled) => list.scrollHeight - list.clientHeight)) >= 200, patienceMs),
    );
    const newest = (await times()).at(-1) ?? '';
    assert.ok(await follows(newest), 'the newest line does not stay in sight at the bottom');
    const shown = await times();
    assert.deepEqual(shown, [...shown].sort());

    const news = page.locator('.new-lines');
    // Lines that come in the very moment may still be followed: then once more.
    const isAway = async (): Promise<boolean> => {
      if ((await below()) < 12) await lines.evaluate((list: Scrolled) => (list.scrollTop -= 150));
      return news.isVisible();
    };
    assert.ok(await until(isAway, patienceMs), 'nothing is told of new lines');
    const place = await lines.evaluate((list: Scrolled) => list.scrollTop);
    const told = await news.textContent();
    assert.ok(await until(async () => (await news.textContent()) !== told, patienceMs), 'no more lines came');
    assert.equal(await lines.evaluate((list: Scrolled) => list.scrollTop), place);
    await news.click();
    assert.ok(await follows((await times()).at(-1) ?? ''), 'the tail is not followed again');
    await page.getByRole('button', { name: 'Newest first' }).click();
    assert.ok(await until(async () => lines.evaluate((list: Scrolled) => list.scrollTop === 0), patienceMs));
    await page.context().close();
  },
);

test('a list of traces does not move while one walks through it, and says how many are new', { skip }, async () => {
  const page = await session.open('/traces');
  await page.locator('.trace-row').nth(3).waitFor();
  await page.keyboard.press('j');
  const first = (): Promise<string | null> => page.locator('.trace-row a').first().getAttribute('href');
  const before = await first();
  await page.locator('.new-lines').waitFor();
  assert.equal(await first(), before);
  await page.locator('.new-lines').click();
  assert.ok(await until(async () => (await first()) !== before, patienceMs), 'what is new does not come when it is wanted');
  await page.context().close();
});

test('keys lead everywhere: views, rows, the trace, its spans, and back', { skip }, async () => {
  const page = await session.open('/');
  await page.locator('.overview').waitFor();
  for (const [key, title] of [
    ['l', 'Logs'],
    ['m', 'Metrics'],
    ['e', 'Errors'],
    ['s', 'Service map'],
    ['o', 'Overview'],
    ['t', 'Traces'],
  ] as const) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await page.locator('.topbar h1', { hasText: new RegExp(`^${title}$`) }).waitFor();
  }
  await page.locator('.trace-row').first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/traces\/[0-9a-f]{32}/);
  await page.locator('.wf-row').first().waitFor();
  await page.keyboard.press('j');
  await page.locator('.panel').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.panel').waitFor({ state: 'detached' });
  await page.keyboard.press('2');
  await page.locator('.flame').waitFor();
  await page.keyboard.press('?');
  await page.locator('dialog[open]').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.waitForURL(/\/traces(\?|$)/);
  await page.locator('main [data-search]').waitFor();
  await page.keyboard.press('/');
  await page.locator('[aria-label="Search traces"]:focus').waitFor();
  await page.context().close();
});

test('two keys are a pair when they were pressed so, however late a busy page hears of the second', { skip }, async () => {
  const page = await session.open('/');
  await page.locator('.overview').waitFor();
  await page.evaluate(`addEventListener('keydown', ({ key }) => {
    for (const until = performance.now() + 2000; key === 'g' && performance.now() < until; );
  })`);
  await Promise.all([page.keyboard.press('g'), page.keyboard.press('l')]);
  await page.locator('.topbar h1', { hasText: /^Logs$/ }).waitFor();
  await page.context().close();
});

test('no view has a serious fault of accessibility, in neither theme', { skip, timeout: 900_000 }, async () => {
  const orders = '/api/traces?name=POST%20/orders&attr=http.response.status_code%3D201';
  const other = await until(async () => (await session.ask<Items<TraceSummary>>(orders)).items[0], patienceMs);
  const [group] = (await session.ask<Items<ErrorGroup>>('/api/errors')).items;
  assert.ok(failedOrder !== '' && other && group);
  const views: readonly (readonly [path: string, ready: string])[] = [
    ['/', '.overview .table'],
    ['/traces', '.trace-row'],
    [`/traces/${failedOrder}`, '.wf-row .wf-bar'],
    [`/traces/${failedOrder}?tab=flame`, '.flame canvas'],
    [`/traces/${failedOrder}?tab=table`, '.table'],
    [`/traces/${failedOrder}?tab=logs`, '.log-row'],
    [`/traces/${failedOrder}?tab=json`, 'pre'],
    [`/compare/${failedOrder}/${other.traceId}`, '.compare-row .compare-bar'],
    ['/logs', '.log-row'],
    ['/metrics/http.server.request.duration', '.exemplars a'],
    ['/errors', '.error-name'],
    [`/errors/${group.fingerprint}`, '.stack'],
    ['/map', '.map-node'],
  ];
  const faults: string[] = [];
  for (const theme of ['light', 'dark'] as const) {
    for (const [path, ready] of views) {
      const page = await session.open(path, { theme });
      await see(page, ready);
      if (path.startsWith('/traces/') && !path.includes('tab=')) await click(page, '.wf-name');
      if (path === '/logs') await click(page, '.log-row');
      await page.evaluate(axe.source);
      const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
      for (const { id, impact, nodes } of violations) {
        if (impact === 'serious' || impact === 'critical')
          faults.push(
            `${theme} ${path}: ${id}: ${nodes
              .slice(0, 3)
              .map(({ html, failureSummary }) => `${html} ${failureSummary}`)
              .join('\n')}`,
          );
      }
      await page.context().close();
    }
  }
  assert.deepEqual(faults, []);
});

/** One trace over OTLP/HTTP in JSON, as any SDK might send it. */
async function send(spans: readonly object[]): Promise<void> {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'foreign' } }] };
  const response = await fetch(`${session.dev.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'test' }, spans }] }] }),
  });
  assert.equal(response.status, 200);
}
const idOf = (number: number, length: number): string => number.toString(16).padStart(length, '0');

test('what others put into attributes is shown as text: markup, bidirectional controls, very long and deep values', { skip }, async () => {
  const traceId = idOf(0xbad, 32);
  const now = BigInt(Date.now()) * 1_000_000n;
  const attribute = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
  await send([
    {
      traceId,
      spanId: idOf(1, 16),
      name: '<img src=x onerror="window.broken=1"> \u202eevil',
      kind: 2,
      startTimeUnixNano: String(now),
      endTimeUnixNano: String(now + 5_000_000n),
      attributes: [
        attribute('markup', '<script>window.broken=1</script>'),
        attribute('bidi', 'safe\u202etxt.exe'),
        attribute('long', 'x'.repeat(100_000)),
        attribute('deep', `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`),
      ],
    },
  ]);
  const page = await session.open(`/traces/${traceId}?span=${idOf(1, 16)}`);
  const shown = await see(page, '.panel .attributes');
  assert.match(shown, /<script>window\.broken=1<\/script>/);
  assert.match(shown, /safe⟨U\+202E⟩txt\.exe/);
  assert.match(shown, /show all 100,000 characters/);
  assert.equal(await page.evaluate('window.broken'), undefined);
  await page.context().close();
});

test('a trace of 5,000 spans opens with few rows in the document, and its last span can be reached', { skip }, async () => {
  const traceId = idOf(0x5000, 32);
  const now = BigInt(Date.now()) * 1_000_000n;
  await send(
    Array.from({ length: 5000 }, (_, i) => ({
      traceId,
      spanId: idOf(i + 1, 16),
      ...(i > 0 && { parentSpanId: idOf(Math.floor((i - 1) / 8) + 1, 16) }),
      name: `step ${i}`,
      kind: i === 0 ? 2 : 1,
      startTimeUnixNano: String(now + BigInt(i) * 1000n),
      endTimeUnixNano: String(now + BigInt(i) * 1000n + 500_000n),
    })),
  );
  const page = await session.open(`/traces/${traceId}?span=${idOf(5000, 16)}`);
  assert.match(await see(page, '.panel h2'), /step 4999/);
  await page.locator('.wf-row.active').waitFor();
  const rows = await page.locator('.wf-row').count();
  assert.ok(rows > 10 && rows < 120, `${rows} rows are in the document`);
  await page.context().close();
});

test('the page asks nobody but its own server, and complains of nothing', { skip }, async () => {
  const page = await session.open('/traces');
  const foreign: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(session.dev.pageUrl)) foreign.push(request.url());
  });
  for (const path of ['/', '/logs', '/metrics/http.server.request.duration', '/map']) await page.goto(session.dev.pageUrl + path);
  await see(page, '.map-node');
  assert.deepEqual(foreign, []);
  assert.deepEqual(session.complaints, []);
  await page.context().close();
});

test('what is loaded before the first view stays small: 150 KB of script', { skip }, async () => {
  const page = await session.open('/traces');
  await see(page, '.trace-row');
  const loaded = (await page.evaluate(
    'performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".js")).map(({ name, decodedBodySize }) => [name, decodedBodySize])',
  )) as readonly (readonly [string, number])[];
  const bytes = loaded.reduce((sum, [, size]) => sum + size, 0);
  assert.ok(bytes > 50_000 && bytes < 150 * 1024, `${bytes} bytes: ${JSON.stringify(loaded)}`);
  await page.context().close();
});

test('a call of the service map leads to its traces', { skip }, async () => {
  const page = await session.open('/map');
  await page.locator('.map-view .table a', { hasText: 'postgresql' }).first().click();
  await page.waitForURL(/\/traces\?.*attr=db\.system\.name%3Dpostgresql/);
  await see(page, '.trace-row');
  await page.context().close();
});

test('two traces that are ticked are shown beside each other', { skip }, async () => {
  const page = await session.open('/traces?name=POST%20/orders');
  const rows = page.locator('.trace-row');
  await rows.nth(1).waitFor();
  await page.keyboard.press('p'); // the list stands still, once the answer that is under way has come
  const links = await rows
    .locator('a')
    .evaluateAll((found: readonly { getAttribute(name: string): string | null }[]) =>
      found.slice(0, 2).map((link) => link.getAttribute('href')),
    );
  for (const link of links) await page.locator(`.trace-row:has(a[href="${link}"]) > input`).check();
  await page.locator('.picked .primary').click();
  await page.waitForURL(/\/compare\/[0-9a-f]{32}\/[0-9a-f]{32}/);
  assert.match(await see(page, '.compare-sum'), /in both/);
  await page.context().close();
});

test('a trace goes out as OTLP JSON and comes back through import, after all data was deleted', { skip }, async () => {
  const traceId = idOf(0xbad, 32);
  const exported = Buffer.from(JSON.stringify(await session.ask(`/api/traces/${traceId}/otlp.json`)));
  const page = await session.open('/traces');
  await see(page, '.trace-row');
  await page.getByRole('button', { name: 'Delete all data' }).first().click();
  await page.locator('dialog .danger').click();
  const gone = async (): Promise<boolean> => (await fetch(`${session.dev.pageUrl}/api/traces/${traceId}`)).status === 404;
  assert.ok(await until(gone, patienceMs), 'the trace is still there');

  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Import a file' }).click()]);
  await chooser.setFiles({ name: 'trace.json', mimeType: 'application/json', buffer: exported });
  await page.waitForURL(new RegExp(`/traces/${traceId}`));
  assert.match(await see(page, '.trace-title h2'), /img src=x/);
  await page.context().close();
});

test('when the server is gone the page says so and tries again', { skip }, async () => {
  const page = await session.open('/traces');
  await see(page, '.trace-row');
  await session.dev.process.stop();
  assert.match(await see(page, '.live.lost'), /Reconnecting/);
  await page.context().close();
});
