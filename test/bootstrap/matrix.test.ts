/** Unchanged apps of every kind on every Node.js: one flag gives them a correct trace, a correlated log record and request metrics. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nodeVersions } from '../support/node-versions.ts';
import type { NodeVersion } from '../support/node-versions.ts';
import { runApp } from '../support/run-app.ts';
import type { AppResult, Preload } from '../support/run-app.ts';
import { drawTraces } from '../support/trace-tree.ts';

interface App {
  readonly file: string;
  readonly route?: string;
  /** How the app asks itself decides about the rest of the trace. */
  readonly trace: string;
  readonly serviceName?: string;
  readonly preloads?: readonly Preload[];
  readonly flags?: readonly string[];
  readonly nodes?: readonly NodeVersion[];
}

const route = '/users/:id';
const server = 'server GET /users/:id';
const viaClient = (span: string): string => `client GET\n└─ ${span}`;
const strips = nodeVersions.filter((version) => !version.startsWith('20.'));

const apps: readonly App[] = [
  { file: 'express-esm.mjs', route, trace: viaClient(server), preloads: ['import', 'require', 'node-options'] },
  { file: 'express-cjs.cjs', route, trace: viaClient(server), preloads: ['import', 'require', 'node-options'] },
  { file: 'fastify-esm.mjs', route, trace: viaClient(server), preloads: ['import', 'require'] },
  { file: 'fastify-cjs.cjs', route, trace: server, preloads: ['import', 'node-options'] },
  { file: 'http-esm.mjs', trace: 'server GET' },
  { file: 'http-cjs.cjs', trace: viaClient('server GET') },
  { file: 'fastify-typescript.ts', route, trace: server, nodes: strips },
  { file: 'fastify-typescript.ts', route, trace: server, flags: ['--import', 'tsx'] },
  { file: 'typescript-commonjs/fastify.ts', route, trace: server, flags: ['--import', 'tsx'], serviceName: 'typescript-commonjs' },
  {
    file: 'typescript-commonjs/fastify.ts',
    route,
    trace: server,
    flags: ['--require', 'tsx/cjs'],
    preloads: ['require'],
    serviceName: 'typescript-commonjs',
  },
];

describe('one flag is enough', { concurrency: 2 }, () => {
  for (const node of nodeVersions) {
    for (const app of apps) {
      if (app.nodes && !app.nodes.includes(node)) continue;
      for (const preload of app.preloads ?? ['import']) {
        const how = preload === 'node-options' ? 'NODE_OPTIONS' : `--${preload}`;
        test(`${app.file} on Node.js ${node} by ${[...(app.flags ?? []), how].join(' ')}`, async () => {
          check(app, await runApp({ app: app.file, node, preload, flags: app.flags ?? [] }));
        });
      }
    }
    test(`fastify-typescript.ts on Node.js ${node} with tsx after otelier`, async () => {
      const [app] = apps.filter(({ file }) => file === 'fastify-typescript.ts');
      check(app!, await runApp({ app: app!.file, node, preload: 'node-options', flags: ['--import', 'tsx'] }));
    });
  }
});

function check({ route: wanted, trace, serviceName = 'otelier' }: App, { code, signal, stdout, stderr, receiver }: AppResult): void {
  assert.deepEqual([code, signal], [0, null], stderr);
  assert.match(
    stderr,
    new RegExp(
      `^otelier: 0\\.\\d+\\.\\d+ started for ${serviceName} \\S+; traces, metrics, logs to http://127\\.0\\.0\\.1:\\d+ \\(http/protobuf\\)\n$`,
    ),
  );

  assert.equal(drawTraces(receiver.spans), trace);
  const span = receiver.spans.find(({ kind }) => kind === 'server')!;
  assert.equal(span.attributes['http.route'], wanted);
  assert.equal(span.attributes['http.response.status_code'], 200);

  const records = receiver.logs.filter(({ body }) => body === 'user found');
  assert.deepEqual(
    records.map(({ traceId, spanId, severityNumber }) => ({ traceId, spanId, severityNumber })),
    [{ traceId: span.traceId, spanId: span.spanId, severityNumber: 9 }],
  );

  const points = receiver.metrics.filter(({ name }) => name === 'http.server.request.duration').flatMap((metric) => metric.points);
  assert.deepEqual(
    points.map(({ count, attributes }) => [count, attributes['http.route'], attributes['http.response.status_code']]),
    [[1n, wanted, 200]],
  );

  const line = stdout.split('\n').find((text) => text.includes('user found'))!;
  const { trace_id, span_id, trace_flags } = JSON.parse(line) as Record<string, unknown>;
  assert.deepEqual({ trace_id, span_id, trace_flags }, { trace_id: span.traceId, span_id: span.spanId, trace_flags: '01' });
}
