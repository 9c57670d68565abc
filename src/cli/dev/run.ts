/** The story of `otelier dev`: folder, ports, viewer, then the command or Ctrl+C, and everything put away. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { isLoopback } from '../../viewer/server/guard.ts';
import { hintFor } from '../../viewer/server/status.ts';
import { startViewer } from '../../viewer/start.ts';
import type { Viewer } from '../../viewer/start.ts';
import { checkSqlite } from '../needs-sqlite.ts';
import { CommandError, say } from '../output.ts';
import { endAs, runCommand } from './command.ts';
import type { Ending } from './command.ts';
import { createEnvironment } from './environment.ts';
import { openFolder } from './folder.ts';
import { openPage } from './open-page.ts';
import { help, parseDevOptions } from './options.ts';
import type { DevOptions } from './options.ts';
import { choosePorts } from './ports.ts';

/** The root of the package, seen from the bundle or from this source. */
const root = ['..', '../../..'].map((path) => join(import.meta.dirname, path)).find((path) => existsSync(join(path, 'otel.js')))!;

export async function runDev(args: readonly string[], version: string): Promise<void> {
  const options = parseDevOptions(args);
  if (options === undefined) return void process.stdout.write(help);
  checkSqlite('otelier dev');
  const ports = await choosePorts(options);
  const folder = openFolder(options.data);
  process.on('exit', folder.release);
  const token = options.token ?? (isLoopback(options.host) ? undefined : randomBytes(18).toString('base64url'));
  const viewer = await startViewer({
    version,
    folder: folder.path,
    lasting: folder.lasting,
    limits: { bytes: options.maxBytes, ageMs: options.maxAgeMs },
    host: options.host,
    ports,
    ...(token === undefined ? {} : { token }),
    assets: join(root, 'dist', 'viewer'),
    onFatal: (error) => {
      say(`the store failed and otelier dev cannot go on: ${String(error.stack)}`);
      process.exit(1);
    },
  }).catch((error: unknown) => {
    throw new CommandError(`otelier dev could not start: ${error instanceof Error ? error.message : String(error)}`);
  });
  const page = `${viewer.endpoints.page}/${token === undefined ? '' : `?token=${token}`}`;
  introduce(options, viewer, page, token);
  if (options.open) openPage(page);
  let ending: Ending | undefined;
  try {
    ending = await live(options, viewer, token);
  } finally {
    await viewer.close();
    folder.release();
  }
  if (ending !== undefined) endAs(ending);
}

function introduce({ command, data, host }: DevOptions, { endpoints }: Viewer, page: string, token: string | undefined): void {
  say(`page      ${page}`);
  say(`OTLP      ${endpoints.http} (HTTP), ${endpoints.grpc} (gRPC)${data === undefined ? '' : `, kept in ${data}`}`);
  const others = addressesOf(host);
  if (others.length > 0) say(`from other machines, in place of ${new URL(page).hostname}: ${others.join(', ')}`);
  if (command.length === 0) say(`send from another terminal: ${hintFor(endpoints.http, token)}`);
}

/** By which others reach what listens everywhere. */
function addressesOf(host: string): readonly string[] {
  if (host !== '0.0.0.0' && host !== '::') return [];
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address);
}

/** Until the command has ended, or, without one and with --keep, until Ctrl+C. Undefined when that is a good end. */
async function live(options: DevOptions, viewer: Viewer, token: string | undefined): Promise<Ending | undefined> {
  const { command, keep } = options;
  if (command.length === 0) return void (await stopSignal());
  const { env, notes } = createEnvironment(process.env, { endpoint: viewer.endpoints.http, token, preload: join(root, 'otel.js') });
  notes.forEach(say);
  const ending = await runCommand(command, env);
  const { failure } = ending;
  if (failure !== undefined) {
    const isMissing = failure.code === 'ENOENT';
    throw new CommandError(
      `${command[0]} could not be run: ${isMissing ? 'there is no such command' : failure.message}.`,
      isMissing ? 127 : 126,
    );
  }
  const { traces, logs } = viewer.counts();
  const here = `${traces} ${traces === 1 ? 'trace' : 'traces'} and ${logs} ${logs === 1 ? 'log record' : 'log records'}`;
  const how = ending.signal === null ? `exit code ${ending.code}` : ending.signal;
  if (keep) {
    say(`the command has ended (${how}); ${here} are here. Ctrl+C ends.`);
    await stopSignal();
  } else if (options.data === undefined) say(`${here} came. --keep leaves the page up when the command has ended.`);
  return ending;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
