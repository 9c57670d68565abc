/** The demo beside the terminal: its page, with what the terminal shows. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page, Trace, TraceSummary } from '../../src/viewer/api.ts';

const root = join(import.meta.dirname, '../..');

test(
  'npm run demo has a page: the orders of the terminal with their spans and log lines, until Ctrl+C',
  { timeout: 280_000 },
  async (t) => {
    const demo = spawn(process.execPath, ['examples/shop/run.ts'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => demo.kill('SIGKILL'));
    const ended = once(demo, 'exit');
    const url = await new Promise<string>((resolve) => {
      createInterface({ input: demo.stdout }).on('line', (line) => {
        const [, found] = /^ {2}page +(http:\S+)/.exec(line) ?? [];
        if (found !== undefined) resolve(found);
      });
    });

    const page = await fetch(url);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<script[^>]+src="[^"]+\.js"/);

    let order: TraceSummary | undefined;
    while (order === undefined || order.logCount < 2) {
      await sleep(200);
      const { items } = (await (await fetch(`${url}/api/traces?name=${encodeURIComponent('POST /orders')}`)).json()) as Page<TraceSummary>;
      order = items.find(({ httpStatus, spanCount, logCount }) => httpStatus === 201 && spanCount >= 8 && logCount >= 2);
    }
    const trace = (await (await fetch(`${url}/api/traces/${order.traceId}`)).json()) as Trace;
    assert.deepEqual([...new Set(trace.spans.map(({ service }) => service))].sort(), ['shop-payments', 'shop-storefront']);
    assert.ok(trace.logs.some(({ body }) => body === 'order placed'));

    demo.kill('SIGINT');
    assert.deepEqual(await ended, [0, null]);
    await assert.rejects(fetch(url), 'nothing listens any more');
  },
);
