/** Starts `otelier dev` as users do, the shop of the examples with its customers, and a browser, and takes all of it down again. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { startChild, type Child } from '../../examples/shop/children.ts';
import { findFreePorts } from '../../examples/shop/free-ports.ts';
import { startShop, type Shop } from '../../examples/shop/shop.ts';

const root = join(import.meta.dirname, '..', '..');

/** Debian's; any Chromium will do. */
export const browserPath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Why the browser cannot be started here, and what to do; undefined when it can. */
export function missingBrowser(): string | undefined {
  if (existsSync(browserPath)) return undefined;
  return `there is no Chromium at ${browserPath}: apt-get install chromium, or name one in CHROMIUM_PATH`;
}

/** Nothing of the browser's own leaves the machine. */
const browserFlags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Two cores run the shop, its database, the viewer and the browser. */
export const patienceMs = 60_000;

export interface DevServer {
  readonly pageUrl: string;
  readonly otlpUrl: string;
  readonly process: Child;
}

export interface PageSession {
  readonly dev: DevServer;
  readonly browser: Browser;
  /** What the pages of this session have complained about: exceptions, and errors on the console. */
  readonly complaints: readonly string[];
  /** A new page, by default 1440 by 900 and light. */
  open(path: string, options?: PageOptions): Promise<Page>;
  startShop(rate: number): Promise<Shop>;
  /** Asks the API, and throws what it says when it refuses. */
  ask<T>(path: string): Promise<T>;
  stop(): Promise<void>;
}

export interface PageOptions {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

export async function startPageSession(): Promise<PageSession> {
  const folder = mkdtempSync(join(tmpdir(), 'otelier-page-'));
  const over = new AbortController();
  const dev = await startDev(folder);
  const browser = await chromium.launch({ executablePath: browserPath, args: browserFlags });
  const complaints: string[] = [];
  const contexts = new Set<BrowserContext>();
  let shop: Shop | undefined;
  return {
    dev,
    browser,
    complaints,
    async open(path, { theme = 'light', width = 1440, height = 900 } = {}) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme });
      context.setDefaultTimeout(patienceMs);
      contexts.add(context);
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(`${path}: ${error.stack ?? error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(`${path}: ${message.text()}`);
      });
      await page.goto(dev.pageUrl + path);
      return page;
    },
    async startShop(rate) {
      shop = await startShop({ preload: join(root, 'otel.js'), otlpUrl: dev.otlpUrl, rate, signal: over.signal });
      await shop.ready;
      return shop;
    },
    async ask<T>(path: string) {
      const response = await fetch(dev.pageUrl + path);
      if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
    async stop() {
      over.abort();
      for (const context of contexts) await context.close();
      await browser.close();
      await shop?.stop();
      await dev.process.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startDev(folder: string): Promise<DevServer> {
  const [http, grpc, page] = (await findFreePorts(3)) as [number, number, number];
  const child = startChild({
    name: 'otelier-dev',
    args: [join(root, 'src', 'cli', 'main.ts'), 'dev', `--http-port=${http}`, `--grpc-port=${grpc}`, `--page-port=${page}`],
    env: process.env,
    cwd: root,
    logDirectory: folder,
  });
  const pageUrl = `http://127.0.0.1:${page}`;
  const ready = await until(async () => (await fetch(`${pageUrl}/api/status`).catch(() => undefined))?.ok, patienceMs);
  if (ready !== true) {
    child.kill();
    throw new Error(`otelier dev did not answer within ${patienceMs / 1000} s. Its output:\n${child.lastOutput(20)}`);
  }
  return { pageUrl, otlpUrl: `http://127.0.0.1:${http}`, process: child };
}

/** Asks again and again until something truthy comes, or the time is over: then what came last. */
export async function until<T>(ask: () => Promise<T>, withinMs: number): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer || Date.now() > deadline) return answer;
    await sleep(100);
  }
}
