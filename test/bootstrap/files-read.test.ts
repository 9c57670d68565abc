/** How many files a start reads before the app's first line: file count is what start-up time is made of. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { nodeExecutable, nodeVersions } from '../support/node-versions.ts';
import { otel } from '../support/run-app.ts';

const most = 5;
const marker = '/first-line-of-the-app';
const traces = spawnSync('strace', ['-qq', 'true']).status === 0;

/** Calls of threads that run at once are written in two halves, `… <unfinished ...>` and `<... openat resumed>…`: here each is one line, where it began. */
function whole(lines: readonly string[]): string[] {
  const waiting = new Map<string, number>();
  const result: string[] = [];
  for (const line of lines) {
    const thread = line.slice(0, line.indexOf(' '));
    const begun = / <unfinished \.\.\.>$/.exec(line);
    const resumed = /<\.\.\. \w+ resumed>(.*)$/.exec(line);
    if (begun) waiting.set(thread, result.push(line.slice(0, begun.index)) - 1);
    else if (resumed) result[waiting.get(thread)!] += resumed[1]!;
    else result.push(line);
  }
  return result;
}

describe(
  'before the first line of the app',
  { skip: traces ? false : 'strace does not work here; install it: apt-get install strace' },
  () => {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'otelier-files-')));
    after(() => rmSync(dir, { recursive: true }));
    writeFileSync(join(dir, 'package.json'), '{ "name": "app", "version": "1.0.0" }');
    writeFileSync(join(dir, 'app.cjs'), `try { require('node:fs').openSync('${marker}'); } catch {}\n`);
    writeFileSync(join(dir, 'app.mjs'), `import { openSync } from 'node:fs';\ntry { openSync('${marker}'); } catch {}\n`);

    /** Regular files that were opened, in order; what the system itself provides left out. */
    function filesRead(node: string, flags: readonly string[], app: string, env: Readonly<Record<string, string>> = {}): Set<string> {
      const log = join(dir, 'strace.log');
      const args = ['-f', '-qq', '-s', '4096', '-e', 'trace=open,openat', '-o', log, node, ...flags, join(dir, app)];
      const { status, stderr } = spawnSync('strace', args, {
        cwd: dir,
        env: {
          PATH: process.env['PATH'],
          HOME: dir,
          OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
          OTELIER_SHUTDOWN_TIMEOUT: '0',
          ...env,
        },
        encoding: 'utf8',
        timeout: 120_000,
      });
      assert.equal(status, 0, stderr);
      const lines = whole(readFileSync(log, 'utf8').split('\n'));
      const end = lines.findIndex((line) => line.includes(marker));
      assert.ok(end > 0, 'the app did not run');
      return new Set(
        lines
          .slice(0, end)
          .filter((line) => / = \d+$/.test(line))
          .map((line) => /"([^"]+)"/.exec(line)![1]!)
          // Node.js itself is opened by a thread of its own, now before and now after the first line.
          // The machine's id lies in /etc or there, and is read 0.3 s after the start, which a busy machine may have passed by then.
          .filter((path) => !/^\/(proc|etc|sys|dev|var\/lib\/dbus)\//.test(path) && path !== realpathSync(node)),
      );
    }

    const moreThanBare = (node: string, flags: readonly string[], app: string, env?: Readonly<Record<string, string>>): string[] => {
      const bare = filesRead(node, flags.includes('--import') ? ['--import', 'data:text/javascript,'] : [], app);
      return [...filesRead(node, flags, app, env)].filter((path) => !bare.has(path));
    };

    for (const version of nodeVersions) {
      for (const [flag, app] of [
        ['--import', 'app.mjs'],
        ['--require', 'app.cjs'],
      ] as const) {
        test(`Node.js ${version} with ${flag} reads at most ${most} files more, at the first start and later`, async () => {
          const node = await nodeExecutable(version);
          for (const start of ['first', 'second']) {
            const files = moreThanBare(node, [flag, otel], app);
            assert.ok(files.includes(otel), files.join('\n'));
            assert.ok(files.length <= most, `${start} start read ${files.length} more:\n${files.join('\n')}`);
          }
        });
      }

      test(`Node.js ${version} reads nothing but otel.js and the package.json beside it when OTEL_SDK_DISABLED=true`, async () => {
        const files = moreThanBare(await nodeExecutable(version), ['--import', otel], 'app.mjs', { OTEL_SDK_DISABLED: 'true' });
        assert.deepEqual(
          files.filter((path) => path !== join(otel, '..', 'package.json')),
          [otel],
        );
      });
    }
  },
);
