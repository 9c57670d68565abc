/** The whole shop as processes: database, both services with otelier preloaded, customers. Started together, stopped in order. */

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Child } from './children.ts';
import { isTaken, startChild, waitForPort } from './children.ts';
import { findFreePorts } from './free-ports.ts';
import { DemoFailed } from './demo-failed.ts';
import type { CustomerMix, Plan, ProcessName } from './processes.ts';
import { planProcess, processNames } from './processes.ts';
import { applySchema } from './schema.ts';

export interface Shop {
  readonly storefrontUrl: string;
  readonly paymentsUrl: string;
  readonly databaseUrl: string;
  /** Whether the database is one of its processes. */
  readonly embedded: boolean;
  /** Where each process's output goes. */
  readonly logDirectory: string;
  /** Resolves when every process answers; rejects with a DemoFailed when one cannot. */
  readonly ready: Promise<void>;
  /** Resolves, with what to tell a person, when a process ends that nobody stopped. */
  readonly died: Promise<string>;
  /** How the visits went so far, in the customers' own words; empty until they have told. */
  visits(): string;
  /** Sends other customers in place of those that are there: how many visits a second, and what share of them goes wrong (customers/mix.ts). */
  sendCustomers(mix: CustomerMix): Promise<void>;
  /** Stops one process until `startProcess`; its end is then no death. */
  stopProcess(name: ProcessName): Promise<void>;
  /** Starts one that was stopped, and resolves when it answers. */
  startProcess(name: ProcessName): Promise<void>;
  /** Customers first, the database last. Returns what did not go as it should. */
  stop(): Promise<readonly string[]>;
  /** At once, whatever they are doing. */
  kill(): void;
}

export interface ShopOptions {
  /** The file that each service gets by `--import`. */
  readonly preload: string;
  /** Where the services send their telemetry. */
  readonly otlpUrl: string;
  /** Visits a second. */
  readonly rate: number;
  /** Aborted, it gives up waiting for the processes to answer, and `ready` rejects. */
  readonly signal: AbortSignal;
  /** A PostgreSQL, which gets the shop's tables when they are not there. Default: an embedded one. */
  readonly databaseUrl?: string | undefined;
  /** A Redis for the storefront's cache. Default: none, and no cache. */
  readonly redisUrl?: string | undefined;
  /** Default: free ones. */
  readonly ports?: { readonly storefront: number; readonly payments: number } | undefined;
  /** Variables of both services, which win over all others. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

export async function startShop({ preload, otlpUrl, rate, signal, redisUrl, environment = {}, ...options }: ShopOptions): Promise<Shop> {
  const logDirectory = await mkdtemp(join(tmpdir(), 'otelier-shop-'));
  const free = (await findFreePorts(3)) as [number, number, number];
  const ports = { database: free[0], ...(options.ports ?? { storefront: free[1], payments: free[2] }) };
  const embedded = options.databaseUrl === undefined;
  const databaseUrl = options.databaseUrl ?? `postgres://postgres:postgres@127.0.0.1:${ports.database}/postgres`;
  const plan: Plan = { preload, otlpUrl, ports, databaseUrl, embedded, redisUrl, environment };
  let mix: CustomerMix = { RATE: rate };

  let stopping = false;
  let allUp = false;
  const died = Promise.withResolvers<string>();
  const children = new Map<ProcessName, Child>();

  async function start(...names: readonly ProcessName[]): Promise<void> {
    signal.throwIfAborted(); // nothing starts any more once the others are being stopped
    const starts = names.map((name) => ({ name, ...planProcess(name, plan, mix) }));
    for (const { name, port } of starts) {
      if (port === undefined || !(await isTaken(port))) continue;
      throw new DemoFailed(`Port ${port} of 127.0.0.1 is taken, and ${name} needs it. Stop what listens there (ss -ltnp shows it).`);
    }
    for (const { name, args, env } of starts) {
      const child = startChild({ name, args, env, cwd: import.meta.dirname, logDirectory });
      children.set(name, child);
      void child.ended.then((how) => {
        if (stopping || children.get(name) !== child) return;
        died.resolve(`${name} ended by itself (${how}). The last of its output, from ${child.logFile}:\n\n${child.lastOutput(15)}`);
      });
    }
    await Promise.all(starts.map(({ port }) => (port === undefined ? undefined : waitForPort(port, signal))));
  }

  /** Stops it and returns what did not go as it should. */
  async function stopOne(name: ProcessName): Promise<readonly string[]> {
    const child = children.get(name);
    if (child === undefined) return [];
    children.delete(name);
    const how = await child.stop();
    // Before they are up, or for those that have nothing to finish, the signal itself is a good end.
    const fine = how === 'exit code 0' || (how === 'signal SIGTERM' && !(allUp && name.startsWith('shop-')));
    return fine ? [] : [`${name} did not stop as it should (${how}); see ${child.logFile}`];
  }

  async function stopProcess(name: ProcessName): Promise<void> {
    const problems = await stopOne(name);
    if (problems.length > 0) throw new DemoFailed(problems.join('\n'));
  }

  async function startAll(): Promise<void> {
    if (embedded) await start('database');
    else await fillDatabase(databaseUrl);
    await start('shop-payments', 'shop-storefront');
    allUp = true;
    await start('customers');
  }

  const ready = startAll();
  ready.catch(() => {}); // whoever awaits it is told; it may fail before anybody does

  return {
    storefrontUrl: `http://127.0.0.1:${ports.storefront}`,
    paymentsUrl: `http://127.0.0.1:${ports.payments}`,
    databaseUrl,
    embedded,
    logDirectory,
    ready,
    died: died.promise,
    visits: () => (children.get('customers')?.lastOutput(50) ?? '').match(/^\d+ visits: .*$/gm)?.at(-1) ?? '',
    async sendCustomers(next) {
      mix = { RATE: rate, ...next };
      await stopProcess('customers');
      await start('customers');
    },
    stopProcess,
    startProcess: (name) => start(name),
    async stop() {
      stopping = true;
      const problems: string[] = [];
      for (const name of processNames.toReversed()) problems.push(...(await stopOne(name)));
      return problems;
    },
    kill() {
      stopping = true;
      for (const child of children.values()) child.kill();
    },
  };
}

async function fillDatabase(url: string): Promise<void> {
  try {
    await applySchema(url);
  } catch (error) {
    const { host } = new URL(url);
    throw new DemoFailed(`The database at ${host} cannot be used: ${(error as Error).message}. Check its address, user and password.`, {
      cause: error,
    });
  }
}
