import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';

const root = join(import.meta.dirname, '../..');

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runDemo(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['examples/shop/run.ts', ...args],
      { cwd: root, env: { ...process.env, ...env } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

suite('examples/shop/run.ts --once', { timeout: 280_000 }, () => {
  let directory: string;
  let outcome: Outcome;
  let order: readonly string[];

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'otelier-demo-test-'));
    outcome = await runDemo(['--once'], { TMPDIR: directory, OTEL_SDK_DISABLED: 'true' });
    const lines = outcome.stdout.split('\n');
    const from = lines.findIndex((line) => line.startsWith('trace '));
    order = lines.slice(from + 1, lines.indexOf('', from));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  /** How deep a line of the tree stands, and what it says. */
  function rowOf(pattern: RegExp): { readonly depth: number; readonly index: number } {
    const index = order.findIndex((line) => pattern.test(line));
    assert.notEqual(index, -1, `no ${pattern} in:\n${order.join('\n')}`);
    return { depth: /^[│├└─ ]*/.exec(order[index]!)![0].length / 3, index };
  }

  test('exits with 0 and nothing on stderr, whatever the shell says about telemetry', () => {
    assert.deepEqual({ code: outcome.code, stderr: outcome.stderr }, { code: 0, stderr: '' }, outcome.stdout);
  });

  test('one trace holds the storefront, its queries, the call to payments, and the payment', () => {
    assert.equal(rowOf(/● POST \/orders 201 {2}shop-storefront/).depth, 0);
    assert.equal(order.filter((line) => !/^[│├└ ]/.test(line)).length, 1, 'one root');
    assert.ok(rowOf(/● .*SELECT p\.id/).depth > 0);
    assert.ok(rowOf(/● .*INSERT INTO orders/).depth > 0);
    const call = rowOf(/● .* 201 {2}http:\/\/127\.0\.0\.1:\d+\/payments/);
    const payment = rowOf(/● POST \/payments 201 {2}shop-payments/);
    assert.deepEqual(payment, { depth: call.depth + 1, index: call.index + 1 });
  });

  test('each log line stands under the span it was written in', () => {
    const payment = rowOf(/● POST \/payments/);
    assert.deepEqual(rowOf(/info {2}payment approved {2}.*orderId=\d+/), { depth: payment.depth + 1, index: payment.index + 1 });
    assert.equal(rowOf(/info {2}order placed {2}.*orderId=\d+/).depth, 1);
  });

  test('a declined order shows with its error line', () => {
    assert.match(outcome.stdout, /▲ POST \/orders 402/);
    assert.match(outcome.stdout, /error payment declined {2}/);
  });

  test('the main metrics are there, by route and by process', () => {
    for (const pattern of [
      /^http\.server\.request\.duration +count +mean +~p95 +max/m,
      /^ {2}shop-storefront {2}201 {2}POST \/orders +\d+ +[\d.]+ ms/m,
      /^ {2}shop-payments {4}201 {2}POST \/payments +\d+ +[\d.]+ ms/m,
      /nodejs\.eventloop\.utilization +[\d.]+ % +[\d.]+ %$/m,
      /nodejs\.eventloop\.delay\.p99 +[\d.]+ ms +[\d.]+ ms$/m,
      /v8js\.memory\.heap\.used +[\d.]+ MB +[\d.]+ MB$/m,
      /process\.cpu\.time +[\d.]+ m?s +[\d.]+ m?s$/m,
    ]) {
      assert.match(outcome.stdout, pattern);
    }
  });

  test('no line is wider than 100 columns, and a pipe gets no colours', () => {
    for (const line of outcome.stdout.split('\n')) assert.ok(line.length <= 100, line);
    assert.ok(!outcome.stdout.includes('\x1b'));
  });

  test('nothing is left running', async () => {
    const ports = [...outcome.stdout.matchAll(/127\.0\.0\.1:(\d+)/g)].map((match) => Number(match[1]));
    assert.ok(ports.length >= 4);
    for (const port of new Set(ports)) await assert.rejects(once(connect(port, '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' });
  });
});

test('--help tells the options and exits with 0', async () => {
  const { code, stdout } = await runDemo(['--help']);
  assert.equal(code, 0);
  assert.match(stdout, /--once/);
});

test('an unknown option is one line, a hint and exit code 2', async () => {
  const { code, stderr, stdout } = await runDemo(['--onec']);
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /--onec.*\n.*--help/);
});
