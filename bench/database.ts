/** A PostgreSQL for the load, off the app's core: a real one where its programs are found, else PGlite behind a socket. */
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { spawnPinned } from './cores.ts';
import { findFreePort } from '../examples/shop/free-ports.ts';

export interface Database {
  /** For the notes of the table. */
  readonly name: string;
  readonly url: string;
  /** How many clients may work at the same time. */
  readonly connections: number;
  close(): Promise<void>;
}

export async function startDatabase(): Promise<Database> {
  const version = spawnSync('postgres', ['--version'], { encoding: 'utf8' });
  const hasInitdb = spawnSync('initdb', ['--version'], { stdio: 'ignore' }).status === 0;
  return version.status === 0 && hasInitdb ? startPostgres(/[\d.]+/.exec(version.stdout)?.[0] ?? '') : startPglite();
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout) || 65534;
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function startPostgres(version: string): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'otelier-bench-postgres-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const user = unprivileged();
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  await promisify(execFile)('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync'], { ...user, cwd: folder });
  const port = await findFreePort();
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
  const child = spawnPinned('others', ['postgres', '-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await waitForPort(port);
  return {
    name: `PostgreSQL ${version}`,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    connections: 4,
    async close() {
      child.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PGlite is one session: clients must not work at the same time. */
async function startPglite(): Promise<Database> {
  const child = spawnPinned('others', [process.execPath, import.meta.filename, 'serve'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [url] = (await once(child, 'message')) as [string];
  return {
    name: 'PGlite',
    url,
    connections: 1,
    async close() {
      const end = once(child, 'exit');
      child.disconnect();
      await end;
    },
  };
}

async function waitForPort(port: number): Promise<void> {
  for (const until = Date.now() + 20_000; Date.now() < until; await delay(50)) {
    const socket = connect(port, '127.0.0.1');
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return;
  }
  throw new Error('PostgreSQL did not start within 20 s.');
}

async function serve(): Promise<void> {
  const { PGlite } = await import('@electric-sql/pglite');
  const { PGLiteSocketServer } = await import('@electric-sql/pglite-socket');
  const db = await PGlite.create();
  const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 2 });
  await server.start();
  process.send?.(`postgres://postgres:postgres@${server.getServerConn()}/postgres`);
  process.once('disconnect', () => process.exit());
}

if (process.argv[1] === import.meta.filename && process.argv[2] === 'serve') await serve();
