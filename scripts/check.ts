/** Runs every static check, each to its end, and says in one line apiece how it went: types, lint with the arrows, format, and the package's shape. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

interface Check {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** What to do when it fails, if the output does not say. */
  readonly hint?: string;
}

const checks: readonly Check[] = [
  { name: 'types', program: 'tsc', args: ['--noEmit', '--pretty', String(process.stdout.isTTY === true)] },
  {
    name: 'types of the page',
    program: 'tsc',
    args: ['--project', 'src/viewer/ui', '--noEmit', '--pretty', String(process.stdout.isTTY === true)],
  },
  { name: 'lint', program: 'oxlint', args: ['--deny-warnings'] },
  { name: 'format', program: 'oxfmt', args: ['--check'], hint: 'npx oxfmt puts it right.' },
  { name: 'package', program: 'publint', args: ['--strict'] },
  // The profile leaves out the resolution of Node 10, which knows no "exports": no Node that runs otelier uses it.
  { name: 'published types', program: 'attw', args: ['--pack', '.', '--profile', 'node16'] },
];

function run({ program, args }: Check): Promise<{ readonly passed: boolean; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(join('node_modules', '.bin', program), args, { cwd: root, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim() || (error?.message ?? '');
      resolve({ passed: error === null, output });
    });
  });
}

let failed = 0;
for (const check of checks) {
  const startedAt = performance.now();
  const { passed, output } = await run(check);
  if (!passed) console.log(`\n${output}\n`);
  const how = passed ? 'good' : `FAILED${check.hint ? `: ${check.hint}` : ''}`;
  console.log(`${check.name.padEnd(18)} ${((performance.now() - startedAt) / 1000).toFixed(1)} s  ${how}`);
  if (!passed) failed++;
}
if (failed > 0) process.exitCode = 1;
