/** `otelier query` and `otelier tail`: what is in the store, and what comes, for a terminal or the next program. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { formatCsv, formatTable } from '../../src/cli/query/table.ts';
import { createPaint, plain } from '../../src/cli/paint.ts';
import { views } from '../../src/viewer/store/schema.ts';
import { runViewer } from '../viewer/running.ts';
import type { RunningViewer } from '../viewer/running.ts';
import { createTestStore, hex, logsBody, tracesBody } from '../viewer/support.ts';
import { runCli, startCli } from './run-cli.ts';

let viewer: RunningViewer;
before(async () => {
  viewer = await runViewer();
  await viewer.otlp(
    'traces',
    tracesBody('shop', [{ traceId: hex(1, 16), spanId: hex(1, 8), name: 'GET /a', startMs: 1000, durationMs: 5.25 }]),
  );
});
after(() => viewer[Symbol.asyncDispose]());

describe('query', () => {
  const sql = 'SELECT name, duration_ms, attributes FROM spans';

  test('asks a running viewer: JSON lines for programs, or CSV', async () => {
    const json = await runCli(['query', '--url', viewer.endpoints.page, sql]);
    assert.equal(json.code, 0, json.stderr);
    assert.deepEqual(JSON.parse(json.stdout), { name: 'GET /a', duration_ms: 5.25, attributes: '{}' });
    const csv = await runCli(['query', '--url', viewer.endpoints.page, '--csv', sql]);
    assert.equal(csv.stdout, 'name,duration_ms,attributes\r\nGET /a,5.25,{}\r\n');
  });

  test('asks a folder, also while it is written to', async () => {
    using store = createTestStore();
    store.takeJson('logs', logsBody('shop', [{ timeMs: 1000, body: 'words' }]));
    const { stdout, stderr } = await runCli(['query', '--data', store.folder, 'SELECT service, body FROM logs']);
    assert.deepEqual(JSON.parse(stdout || stderr), { service: 'shop', body: 'words' });
    const refused = await runCli(['query', '--data', store.folder, 'DELETE FROM log']);
    assert.deepEqual([refused.code, refused.stdout], [1, '']);
    assert.match(refused.stderr, /read-only/);
    const { stdout: again } = await runCli(['query', '--data', store.folder, 'SELECT count(*) AS n FROM logs']);
    assert.equal(again, '{"n":1}\n');
  });

  test('says what is wrong', async () => {
    for (const [args, code, message] of [
      [['--url', viewer.endpoints.page, 'SELECT no FROM spans'], 1, /no such column: no/],
      [['--url', 'http://127.0.0.1:1', 'SELECT 1'], 1, /Nobody answers at http:\/\/127\.0\.0\.1:1\. Start otelier dev/],
      [['--url', 'nonsense', 'SELECT 1'], 2, /is no address/],
      [['--data', '/no/such/folder', 'SELECT 1'], 2, /no otelier\.db/],
      [[], 2, /Give one SELECT/],
      [['--limit=0', 'SELECT 1'], 2, /--limit/],
    ] as const) {
      const ended = await runCli(['query', ...args]);
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr, message);
    }
  });

  test('--schema and the documentation name the views and columns that there are', async () => {
    using store = createTestStore();
    const { stdout } = await runCli(['query', '--schema']);
    const documentation = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'viewer.md'), 'utf8');
    for (const { name, columns } of views) {
      const actual = store.reader.all(`SELECT name FROM pragma_table_info('${name}')`).map((row) => row['name']);
      assert.deepEqual(Object.keys(columns), actual, name);
      assert.match(stdout, new RegExp(`^${name}: `, 'm'));
      for (const column of actual)
        assert.ok(documentation.includes(`\`${String(column)}\``), `${name}.${String(column)} is not in docs/viewer.md`);
      assert.ok(documentation.includes(`\`${name}\``), `${name} is not in docs/viewer.md`);
    }
  });

  test('a table has its numbers to the right, cuts what is too wide, and shows no control characters', () => {
    const result = {
      columns: ['name', 'n'],
      rows: [
        ['a\x1b[31mred\u202e', 5],
        ['x'.repeat(90), 12.34567],
        [null, null],
      ],
      truncated: false,
      tookMs: 1,
    };
    const text = formatTable(result, createPaint({ isTTY: false }, {}), 80);
    const lines = text.split('\n');
    assert.match(lines[1]!, /^a·\[31mred· +5$/);
    assert.match(lines[2]!, /^x{59}… {2}12\.346$/);
    assert.equal(lines[4], '3 rows');
    assert.equal(formatCsv({ ...result, rows: [['a"b', 'x,y\n']] }), 'name,n\r\n"a""b","x,y\n"\r\n');
  });
});

describe('tail', () => {
  test('prints log records as they come and traces when they are whole, and ends cleanly on Ctrl+C', async () => {
    const running = startCli(['tail', '--url', viewer.endpoints.page]);
    await running.waitFor(/listening to/);
    const traceId = hex(0xfeed, 16);
    await viewer.otlp(
      'logs',
      logsBody('shop', [{ timeMs: Date.now(), body: 'order \x1b[2Jplaced', severity: 13, attributes: { tenant: 'acme' }, traceId }]),
    );
    await viewer.otlp(
      'traces',
      tracesBody('shop', [{ traceId, spanId: hex(2, 8), parentSpanId: hex(1, 8), name: 'inner', kind: 1, startMs: Date.now() }]),
    );
    await viewer.otlp(
      'traces',
      tracesBody('shop', [
        { traceId, spanId: hex(1, 8), name: 'GET /b', startMs: Date.now(), attributes: { 'http.response.status_code': 503 }, status: 2 },
      ]),
    );
    await running.waitFor(/TRACE/);
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;
    assert.equal(code, 0);
    const [log, trace, ...rest] = stdout.trimEnd().split('\n');
    assert.match(log!, /^\d\d:\d\d:\d\d\.\d{3} WARN {2}shop order ·\[2Jplaced tenant=acme {2}00000000$/);
    assert.match(trace!, /^\d\d:\d\d:\d\d\.\d{3} TRACE shop GET \/b 503 [\d.]+ms 2 spans, 1 failed {2}00000000$/);
    assert.deepEqual(rest, []);
  });

  test('with --logs, --level, --service and --json it is what a program wants', async () => {
    const running = startCli(['tail', '--url', viewer.endpoints.page, '--logs', '--level=error', '--service=shop', '--json']);
    await running.waitFor(/listening to/);
    const records = [
      { timeMs: 1000, body: 'info' },
      { timeMs: 1000, body: 'wanted', severity: 17 },
    ];
    await viewer.otlp('logs', logsBody('other', [records[1]!]));
    await viewer.otlp('logs', logsBody('shop', records));
    await running.waitFor(/wanted/);
    running.child.kill('SIGTERM');
    const { stdout } = await running.ended;
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { body: string; service: string });
    assert.deepEqual(
      lines.map(({ body, service }) => [body, service]),
      [['wanted', 'shop']],
    );
  });

  test('says what to start when nobody is there, and that the viewer has ended', async () => {
    const nobody = await runCli(['tail', '--url', 'http://127.0.0.1:1']);
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /Start otelier dev/);
    assert.equal((await runCli(['tail', '--level=loud'])).code, 2);
    const own = await runViewer();
    const running = startCli(['tail', '--url', own.endpoints.page]);
    await running.waitFor(/listening to/);
    await own[Symbol.asyncDispose]();
    const { code, stderr } = await running.ended;
    assert.equal(code, 0);
    assert.match(stderr, /has ended|broke off/);
  });
});

test('text of strangers cannot move the cursor or turn the reading direction', () => {
  assert.equal(plain('a\x1b[2J\u202eb\nc'), 'a·[2J·b c');
});
