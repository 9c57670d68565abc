/** The whole shop as processes: database, both services with otelier preloaded, customers. Started together, stopped in order. */

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Child } from './children.ts';
import { findFreePorts, startChild, waitForPort } from './children.ts';

export interface Shop {
  readonly storefrontUrl: string;
  readonly paymentsUrl: string;
  readonly databaseUrl: string;
  /** Where each process's output goes. */
  readonly logDirectory: string;
  /** Resolves when every process answers. */
  readonly ready: Promise<void>;
  /** Resolves, with what to tell a person, when a process ends that nobody stopped. */
  readonly died: Promise<string>;
  /** Customers first, the database last. Returns what did not go as it should. */
  stop(): Promise<readonly string[]>;
  /** At once, whatever they are doing. */
  kill(): void;
}

const here = fileURLToPath(new URL('.', import.meta.url));

export interface ShopOptions {
  /** The file that each service gets by `--import`. */
  readonly preload: string;
  /** Where the services send their telemetry. */
  readonly otlpUrl: string;
  /** Requests a second. */
  readonly rate: number;
  /** Aborted, it gives up waiting for the processes to answer, and `ready` rejects. */
  readonly signal: AbortSignal;
}

export async function startShop({ preload, otlpUrl, rate, signal }: ShopOptions): Promise<Shop> {
  const logDirectory = await mkdtemp(join(tmpdir(), 'otelier-shop-'));
  const [databasePort, paymentsPort, storefrontPort] = (await findFreePorts(3)) as [number, number, number];
  const databaseUrl = `postgres://postgres:postgres@127.0.0.1:${databasePort}/postgres`;
  const paymentsUrl = `http://127.0.0.1:${paymentsPort}`;
  const storefrontUrl = `http://127.0.0.1:${storefrontPort}`;

  // What the shell says about telemetry is left out, so that the demo shows the same everywhere.
  const plain = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OTEL|OTELIER)_/.test(name)));
  const observed = {
    ...plain,
    OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl,
    OTEL_METRIC_EXPORT_INTERVAL: '2000',
    OTEL_BSP_SCHEDULE_DELAY: '500',
    OTEL_BLRP_SCHEDULE_DELAY: '500',
  };

  let stopping = false;
  let allUp = false;
  const died = Promise.withResolvers<string>();
  const children: Child[] = [];
  const start = (name: string, args: readonly string[], env: NodeJS.ProcessEnv): void => {
    signal.throwIfAborted(); // nothing starts any more once the others are being stopped
    const child = startChild({ name, args, env, logDirectory });
    children.push(child);
    void child.ended.then((how) => {
      if (stopping) return;
      died.resolve(`${name} ended by itself (${how}). The last of its output, from ${child.logFile}:\n\n${child.lastOutput(15)}`);
    });
  };

  start('database', [join(here, 'database.ts')], { ...plain, PORT: String(databasePort) });
  const startServices = (): void => {
    start('shop-payments', ['--import', preload, join(here, 'payments/server.js')], { ...observed, PORT: String(paymentsPort) });
    start('shop-storefront', ['--import', preload, join(here, 'storefront/server.js')], {
      ...observed,
      PORT: String(storefrontPort),
      DATABASE_URL: databaseUrl,
      DATABASE_POOL_MAX: '1',
      PAYMENTS_URL: paymentsUrl,
    });
  };
  const up = (...ports: readonly number[]): Promise<unknown> => Promise.all(ports.map((port) => waitForPort(port, signal)));
  const startRest = async (): Promise<void> => {
    await up(databasePort);
    startServices();
    await up(paymentsPort, storefrontPort);
    allUp = true;
    start('customers', [join(here, 'load.ts')], { ...plain, STOREFRONT_URL: storefrontUrl, RATE: String(rate) });
  };

  return {
    storefrontUrl,
    paymentsUrl,
    databaseUrl,
    logDirectory,
    ready: startRest(),
    died: died.promise,
    async stop() {
      stopping = true;
      const problems: string[] = [];
      for (const child of [...children].reverse()) {
        const how = await child.stop();
        // Before they are up, or for those that have nothing to finish, the signal itself is a good end.
        const fine = how === 'exit code 0' || (how === 'signal SIGTERM' && !(allUp && child.name.startsWith('shop-')));
        if (!fine) problems.push(`${child.name} did not stop as it should (${how}); see ${child.logFile}`);
      }
      return problems;
    },
    kill() {
      stopping = true;
      for (const child of children) child.kill();
    },
  };
}
