/** The command `otelier`: its first word -> one of the commands of the table, which is loaded only then. */
import packageJson from '../../package.json' with { type: 'json' };
import { fail } from './output.ts';

interface Command {
  readonly about: string;
  readonly run: (args: readonly string[]) => Promise<void>;
}

const commands: Readonly<Record<string, Command>> = {
  dev: {
    about: 'show traces, logs, metrics and errors of any app in the browser, with nothing else installed',
    run: async (args) => (await import('./dev/run.ts')).runDev(args, packageJson.version),
  },
  tail: {
    about: 'print log records and finished traces as otelier dev receives them',
    run: async (args) => (await import('./tail/run.ts')).runTail(args),
  },
  query: {
    about: 'run a SELECT over what otelier dev has taken in',
    run: async (args) => (await import('./query/run.ts')).runQuery(args),
  },
};

const width = Math.max(...Object.keys(commands).map(({ length }) => length));
const help = `otelier ${packageJson.version}: OpenTelemetry for Node.js

Usage: otelier <command> [options]

${Object.entries(commands)
  .map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`)
  .join('\n')}

  otelier <command> --help tells of its options; --version prints the version.

To instrument an app, no command is needed: node --import otelier/register app.js
`;

const [name = '--help', ...args] = process.argv.slice(2);
if (name === '--help' || name === '-h' || name === 'help') process.stdout.write(help);
else if (name === '--version' || name === '-v') process.stdout.write(`${packageJson.version}\n`);
else if (Object.hasOwn(commands, name)) {
  commands[name]!.run(args).catch(fail);
} else {
  fail(
    Object.assign(
      new Error(`There is no command ${JSON.stringify(name)}. Commands: ${Object.keys(commands).join(', ')}; otelier --help tells more.`),
      { exitCode: 2 },
    ),
  );
}
