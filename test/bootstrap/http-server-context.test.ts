/** The context of a request: where it holds, and where it ends, on every Node.js, since these differ in how they carry it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodeVersions } from '../support/node-versions.ts';
import { root, runApp } from '../support/run-app.ts';

const app = join(root, 'test', 'fixtures', 'instrument', 'http-server-context.cjs');
const env = { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
const simple = ['first', 'second', 'before'].flatMap((path) =>
  ['request', 'request close', 'response finish', 'response close'].map((what) => `/${path} ${what} own`),
);
const expected = [
  ...simple,
  ...['request', 'data ab', 'data cd', 'data ef', 'end', 'request close', 'response finish', 'response close'].map(
    (what) => `/body ${what} own`,
  ),
  ...['request', 'request aborted', 'request close', 'response close'].map((what) => `/gone ${what} own`),
  ...['request', 'drain', 'request close', 'response finish', 'response close'].map((what) => `/large ${what} own`),
  'client error none',
  'continue some',
  'upgrade none',
  'upgraded data none',
].sort();

for (const node of nodeVersions) {
  test(`each event of a request runs in its span, and nothing else of the connection does, on Node.js ${node}`, async () => {
    const { stdout, stderr, receiver } = await runApp({ app, node, env });
    assert.deepEqual(stdout.trim().split('\n').sort(), expected, stderr);
    assert.deepEqual(
      receiver.spans
        .map(({ attributes, status }) => `${attributes['url.path']} ${attributes['http.response.status_code']} ${status.code}`)
        .sort(),
      [
        '/before 200 unset',
        '/body 200 unset',
        '/continue 200 unset',
        '/first 200 unset',
        '/gone 200 error',
        '/large 200 unset',
        '/second 200 unset',
      ],
    );
  });
}
