/** What the run tells: lines on stdout; the progress of builds on one line of a terminal, or as a line now and then. */
import type { BuildReport } from './programs.ts';
import type { Stack } from './start-stack.ts';
import { formatTable } from './table.ts';

export function say(...lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}

/** Without a terminal a line every so often is enough. */
const quietSeconds = 30;

export function createBuildReporter(): (report: BuildReport) => void {
  const live = process.stdout.isTTY === true;
  return ({ count, index, module, state, seconds, progress }) => {
    const { downloaded, compiled } = progress;
    const what = `Building ${index} of ${count}: ${module.name} ${module.version}`;
    if (state === 'started' && !live) say(`${what} (the first time about ${module.minutes} min on two cores) ...`);
    const soFar = `compiled ${compiled}, downloaded ${downloaded}, ${Math.round(seconds)} s`;
    if (state === 'done') say(`${live ? '\r\x1b[K' : ''}Built ${module.name} ${module.version}: ${soFar}`);
    else if (live)
      process.stdout.write(
        `\r\x1b[K${what} (about ${module.minutes} min on two cores): ${soFar}`.slice(0, (process.stdout.columns || 100) + 3),
      );
    else if (state === 'running' && Math.round(seconds) % quietSeconds === 0) say(`  ${module.name}: ${soFar}`);
  };
}

/** What runs now, and where. */
export function formatStarted({ services, address, leftOut, folder }: Stack): readonly string[] {
  const rows = services
    .toReversed()
    .flatMap(({ title, opens }) => opens.map(({ port, path = '', what }) => [`  ${title}`, `http://${address}:${port}${path}`, what]));
  return [
    '',
    ...formatTable(rows),
    '',
    ...(leftOut.length > 0 ? ['Left out:', ...leftOut.map((line) => `  ${line}`), ''] : []),
    ...(leftOut.length > 0 && !services.some(({ program }) => program === 'otelcol')
      ? ['Without the collector apps have nowhere to send to.', '']
      : []),
    `Data, rendered configuration and logs: ${folder}`,
    'Ctrl+C stops everything.',
  ];
}
