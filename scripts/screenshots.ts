/**
 * Writes docs/images/*.png: every view of the viewer's page with the data of the shop, as users see it. Takes about two minutes, because the charts
 * need some time to show. `node scripts/screenshots.ts [names]`; the folder can be named in SCREENSHOTS. With pngquant installed they are a third in size.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import type { ErrorGroup, Page as Items, TraceSummary } from '../src/viewer/api.ts';
import { missingBrowser, startPageSession, until, type PageSession } from '../test/support/page-session.ts';

interface Shot {
  readonly name: string;
  readonly theme?: 'light' | 'dark';
  readonly path: (found: Found) => string;
  /** What has to be there before the picture is taken. */
  readonly ready: string;
  readonly act?: (page: Page) => Promise<void>;
}

interface Found {
  readonly order: TraceSummary;
  readonly other: TraceSummary;
  readonly declined: TraceSummary;
  readonly group: ErrorGroup;
}

const shots: readonly Shot[] = [
  { name: 'overview', path: () => '/', ready: '.overview .spark-bars' },
  { name: 'traces', path: () => '/traces', ready: '.trace-row' },
  {
    name: 'trace',
    path: ({ declined }) => `/traces/${declined.traceId}`,
    ready: '.wf-bar',
    act: (page) => page.locator('.log-line .wf-name').last().click(),
  },
  {
    name: 'trace-dark',
    theme: 'dark',
    path: ({ order }) => `/traces/${order.traceId}`,
    ready: '.wf-bar',
    act: (page) => page.locator('.wf-name').nth(2).click(),
  },
  { name: 'flame-graph', path: ({ order }) => `/traces/${order.traceId}?tab=flame`, ready: '.flame canvas' },
  { name: 'compare', path: ({ order, other }) => `/compare/${order.traceId}/${other.traceId}`, ready: '.compare-bar' },
  { name: 'logs', path: () => '/logs', ready: '.facet' },
  { name: 'logs-dark', theme: 'dark', path: () => '/logs', ready: '.facet', act: (page) => page.locator('.log-row.error').first().click() },
  { name: 'metric', path: () => '/metrics/http.server.request.duration', ready: '.u-over' },
  { name: 'metric-heat-map', theme: 'dark', path: () => '/metrics/http.server.request.duration?show=heat', ready: '.heat canvas' },
  { name: 'errors', path: () => '/errors', ready: '.error-name' },
  { name: 'error', path: ({ group }) => `/errors/${group.fingerprint}`, ready: '.stack' },
  { name: 'service-map', path: () => '/map', ready: '.map-node' },
];

/** So that the charts hold more than a few bars. */
const loadMs = 90_000;
/** Charts are drawn and fonts are there by then. */
const settleMs = 1500;

async function find(session: PageSession): Promise<Found> {
  const traces = async (status: number): Promise<readonly TraceSummary[]> =>
    (
      await session.ask<Items<TraceSummary>>(`/api/traces?limit=200&name=POST%20/orders&attr=http.response.status_code%3D${status}`)
    ).items.filter(({ complete, logCount }) => complete && logCount > 1);
  const [good, declined] = [await traces(201), await traces(402)];
  const [group] = (await session.ask<Items<ErrorGroup>>('/api/errors')).items;
  const [order, other] = [good[5], good.toSorted((a, b) => b.durationMs - a.durationMs)[0]];
  if (!order || !other || !declined[5] || !group) throw new Error('The shop has not sold enough yet to take pictures of.');
  return { order, other, declined: declined[5], group };
}

const { positionals: names } = parseArgs({ allowPositionals: true });
const missing = missingBrowser();
if (missing !== undefined) throw new Error(`No pictures can be taken: ${missing}.`);
const folder = process.env['SCREENSHOTS'] ?? join(import.meta.dirname, '..', 'docs', 'images');
mkdirSync(folder, { recursive: true });
const session = await startPageSession();
try {
  await session.startShop(6);
  console.log(`The shop is open. Pictures are taken in ${loadMs / 1000} s.`);
  const until90 = Date.now() + loadMs;
  await until(async () => Date.now() >= until90, loadMs);
  const found = await find(session);
  for (const { name, theme = 'light', path, ready, act } of shots) {
    if (names.length > 0 && !names.includes(name)) continue;
    const page = await session.open(path(found), { theme });
    await page.locator(ready).first().waitFor();
    await act?.(page);
    await page.mouse.move(0, 0);
    await page.waitForTimeout(settleMs);
    const file = join(folder, `${name}.png`);
    await page.screenshot({ path: file });
    spawnSync('pngquant', ['--force', '--strip', '--output', file, '256', file]);
    console.log(`${name}.png`);
    await page.context().close();
  }
} finally {
  await session.stop();
}
if (session.complaints.length > 0) throw new Error(`The page complained:\n${session.complaints.join('\n')}`);
