/** What otelier changes of Node.js itself: the fewer functions it wraps and hooks it sets, the less there is to slow an app down or to break it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { nodeVersions } from '../support/node-versions.ts';
import { root, runApp } from '../support/run-app.ts';

interface Footprint {
  readonly functions: Readonly<Record<string, string>>;
  readonly listeners: Readonly<Record<string, number>>;
  readonly asyncHooks: number;
}

const app = join(root, 'test', 'fixtures', 'footprint.cjs');
/** Node.js 20 does not tell of a client's request before its headers are on their way: its functions are wrapped there. */
const CLIENT_OF_20 = ['http.get', 'http.request', 'https.get', 'https.request'];
const WRAPPED = [
  // Later events of a request and its response run in its context.
  'http.IncomingMessage.prototype.emit',
  'http.ServerResponse.prototype.emit',
  // Sees packages as they are loaded.
  'module.prototype._compile',
  // The end of the process.
  'process.emit',
  'process.kill',
  'process.reallyExit',
];

const LISTENERS = ['SIGHUP 1', 'SIGINT 1', 'SIGTERM 1', 'beforeExit 1', 'uncaughtExceptionMonitor 1'];

describe('what otelier changes of Node.js', () => {
  for (const node of nodeVersions) {
    test(`Node.js ${node}: the functions that are wrapped, the listeners and the hooks are few, and these`, async () => {
      const run = async (preload: 'import' | 'none'): Promise<Footprint> =>
        JSON.parse((await runApp({ app, node, preload, flags: ['--expose-internals'] })).stdout) as Footprint;
      const [bare, own] = await Promise.all([run('none'), run('import')]);
      const changed = [...new Set([...Object.keys(bare.functions), ...Object.keys(own.functions)])].filter(
        (path) => bare.functions[path] !== own.functions[path],
      );
      assert.deepEqual(changed.sort(), [...WRAPPED, ...(node.startsWith('20.') ? CLIENT_OF_20 : [])].sort());
      assert.ok(own.asyncHooks - bare.asyncHooks <= (Number.parseInt(node) >= 24 ? 0 : 1), `${own.asyncHooks} async hooks`);
      // `exit` is listened to once, by the start that writes the code cache.
      const added = Object.entries(own.listeners).filter(([name, count]) => name !== 'exit' && count > (bare.listeners[name] ?? 0));
      assert.deepEqual(added.map(([name, count]) => `${name} ${count - (bare.listeners[name] ?? 0)}`).sort(), LISTENERS);
    });
  }
});
