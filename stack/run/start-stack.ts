/** Turns docker-compose.yml into running processes: finds or builds the programs, renders their files, starts them, waits until all are ready. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { StackFailed } from './failure.ts';
import { identityOf } from './identity.ts';
import type { Variables } from './interpolate.ts';
import { describeTakenPorts, findTakenPorts } from './ports.ts';
import { prepareServices } from './prepare.ts';
import { getPrograms } from './programs.ts';
import type { FindOptions } from './programs.ts';
import { serviceOf, services } from './services.ts';
import type { Service, ServiceName } from './services.ts';
import { checkFolder, commandFor, livingOf, logFileOf, readNote, removeNote, writeNote } from './state.ts';
import { supervise } from './supervised.ts';
import type { Supervised } from './supervised.ts';
import { urlsOf } from './urls.ts';
import type { StackUrls } from './urls.ts';

export interface StackOptions extends FindOptions {
  /** The folder for data, rendered configuration and logs. */
  readonly data: string;
  /** Default: all. */
  readonly only?: readonly ServiceName[] | undefined;
  /** A loopback address. On one of its own a second stack runs beside the first. Default 127.0.0.1. */
  readonly address?: string | undefined;
  /** Variables of docker-compose.yml and of the files that it mounts. Default: none, so that their defaults hold. */
  readonly env?: Variables;
  /** The last word on the text of a mounted file, by its path in the container. */
  readonly edit?: (path: string, text: string) => string;
  /** Files beside or instead of the mounted ones, by their path in the container, as they are: a secret, a rule. */
  readonly files?: Readonly<Record<string, string>>;
  /** Removes what an earlier run kept. */
  readonly fresh?: boolean;
  /** Each service, when it is ready, and after how long. */
  readonly onReady?: (service: Service, seconds: number) => void;
  /** A service that ended although nobody asked it to. */
  readonly onDied?: (service: Service, message: string) => void;
}

export interface Stack {
  readonly address: string;
  readonly folder: string;
  readonly urls: StackUrls;
  /** The services of this stack, in the order of their start. */
  readonly services: readonly Service[];
  /** What does not run, or runs without a part of its configuration, and why. */
  readonly leftOut: readonly string[];
  /** Of the services that run now. */
  readonly pids: Readonly<Partial<Record<ServiceName, number>>>;
  logFile(name: ServiceName): string;
  /** Ends one service at once, or with another signal. Resolves when it has ended. */
  kill(name: ServiceName, signal?: NodeJS.Signals): Promise<void>;
  /** Starts one that has ended, with the same files. Resolves when it is ready. */
  start(name: ServiceName): Promise<void>;
  /** Stops all in order. Resolves with what did not go well, such as a service that had to be killed. */
  stop(): Promise<readonly string[]>;
}

/** @throws StackFailed when something is in the way or a service does not get ready; then nothing is left running. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { data, only, address = '127.0.0.1', env = {}, edit, files, fresh = false, onReady, onDied, signal } = options;
  const folder = checkFolder(data);
  const wanted = only === undefined ? services : services.filter((service) => only.map(serviceOf).includes(service));
  refuseSecond(folder);
  await refuseTakenPorts(wanted, address);
  const programs = await getPrograms(
    wanted.map(({ program }) => program),
    options,
  );
  if (fresh) for (const part of ['data', 'logs']) rmSync(join(folder, part), { recursive: true, force: true });
  const { prepared, leftOut } = await prepareServices(wanted, programs, { folder, address, env, edit, files });
  if (prepared.length === 0) throw new StackFailed(`Nothing was started.\n${leftOut.join('\n')}`);
  // A build takes minutes; the ports may have been taken since.
  await refuseTakenPorts(wanted, address);

  const all = prepared.map((one) => supervise(one, { folder, address, onDied: (message) => onDied?.(one.service, message) }));
  const startedAt = new Date().toISOString();
  const note = (): void => {
    const running = all.flatMap(({ service, version, pid }) =>
      pid === undefined ? [] : [[service.name, { ...identityOf(pid), version }]],
    );
    writeNote(folder, { address, startedAt, supervisor: identityOf(process.pid), services: Object.fromEntries(running) });
  };
  const killAll = (): void => all.forEach((one) => void one.kill('SIGKILL'));
  const stop = async (): Promise<readonly string[]> => {
    const problems: string[] = [];
    for (const one of all.toReversed()) problems.push(...[await one.stop()].filter((problem) => problem !== undefined));
    process.off('exit', killAll);
    removeNote(folder);
    return problems;
  };
  process.on('exit', killAll);
  try {
    for (const one of all) one.start();
    note();
    await Promise.all(all.map((one) => reportReady(one, onReady, signal)));
  } catch (error) {
    await stop();
    throw error;
  }

  const find = (name: ServiceName): Supervised => {
    const one = all.find(({ service }) => service === serviceOf(name));
    if (one === undefined) throw new StackFailed(`${name} is no part of this stack.`);
    return one;
  };
  return {
    address,
    folder,
    urls: urlsOf(address),
    services: all.map(({ service }) => service),
    leftOut,
    get pids() {
      return Object.fromEntries(all.flatMap(({ service, pid }) => (pid === undefined ? [] : [[service.name, pid]])));
    },
    logFile: (name) => logFileOf(folder, name),
    kill: (name, killSignal = 'SIGKILL') => find(name).kill(killSignal),
    async start(name) {
      const one = find(name);
      if (one.pid !== undefined) throw new StackFailed(`${name} runs already.`);
      one.start();
      note();
      await one.untilReady(signal);
    },
    stop,
  };
}

async function reportReady(one: Supervised, onReady: StackOptions['onReady'], signal: AbortSignal | undefined): Promise<void> {
  const from = performance.now();
  await one.untilReady(signal);
  onReady?.(one.service, (performance.now() - from) / 1000);
}

/** Two stacks in one folder would write to the same files. */
function refuseSecond(folder: string): void {
  const note = readNote(folder);
  if (note === undefined) return;
  const { supervisor, services: living } = livingOf(note);
  if (supervisor) {
    throw new StackFailed(
      `Nothing was started: the stack of ${folder} runs since ${note.startedAt} (pid ${note.supervisor.pid}).\n` +
        `${commandFor('--status', folder)} tells how it is, ${commandFor('--stop', folder)} ends it.`,
    );
  }
  if (living.length > 0) {
    throw new StackFailed(
      `Nothing was started: ${living.join(', ')} of an earlier run still run${living.length === 1 ? 's' : ''}; who started them was killed.\n` +
        `${commandFor('--stop', folder)} ends them.`,
    );
  }
}

async function refuseTakenPorts(wanted: readonly Service[], address: string): Promise<void> {
  const taken = await findTakenPorts(wanted, address);
  if (taken.length > 0) throw new StackFailed(describeTakenPorts(taken, address));
}
