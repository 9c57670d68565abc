/** The benchmark itself, on a run that is far too short to measure anything. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import type { LoadSample } from '../../bench/load-sample.ts';
import type { Row } from '../../bench/row.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'otelier-bench-test-'));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['bench/main.ts', ...args], { cwd: root }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

suite('bench/main.ts', { timeout: 280_000 }, () => {
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('measures an app bare and with otelier, sees the telemetry arrive, and prints a table and goals', async () => {
    const file = join(folder, 'run.json');
    const short = ['--seconds', '0.3', '--rounds', '1', '--only', 'http', '--variants', 'bare,otelier', '--json', file];
    const { code, stdout, stderr } = await run(...short);
    assert.equal(code, 0, stderr);

    const lines = stdout.split('\n');
    const head = (lines[0] ?? '').split('|').map((cell) => cell.trim());
    for (const title of ['what', 'preload', 'median', 'added (range)', 'x bare (range)', 'RSS MB', 'seen'])
      assert.ok(head.includes(title), lines[0]);
    assert.match(stdout, /^\| node:http +\| otelier .* us CPU\/request .* spans/m);
    assert.match(stdout, /requests per second to bare: at least 0\.75 +\| otelier .*(reached|missed)/);
    assert.ok(!stdout.includes('\u001b') && !stderr.includes('\u001b'), 'no control characters in a pipe');

    const { rows } = JSON.parse(readFileSync(file, 'utf8')) as { rows: readonly Row[] };
    const sampleOf = (variant: string): LoadSample => rows.find((row) => row.variant === variant)?.samples[0] as LoadSample;
    assert.ok(sampleOf('otelier').spansPerRequest >= 0.97, JSON.stringify(sampleOf('otelier')));
    assert.ok(sampleOf('otelier').points > 0, 'metrics arrived');
    assert.equal(sampleOf('bare').exports, 0);
    for (const variant of ['bare', 'otelier']) {
      const { requests, cpuUsPerRequest, rssMb, errors } = sampleOf(variant);
      assert.ok(requests > 0 && cpuUsPerRequest > 0 && rssMb > 0, variant);
      assert.equal(errors, 0);
    }
  });

  test('a wrong argument is told in one line on stderr, with exit code 2', async () => {
    const { code, stdout, stderr } = await run('--only', 'htpp');
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^--only names "htpp"; there are startup, http.*\n$/);
  });
});
