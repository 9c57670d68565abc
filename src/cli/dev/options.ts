/** The words after `otelier dev` -> checked options and the command to run. */
import { parseArgs } from 'node:util';
import { CommandError } from '../output.ts';
import { parseBytes, parseDuration } from '../quantity.ts';

/** About 640,000 spans; the process stays below 300 MB of memory with them, whoever sends and whatever is asked. */
const DEFAULT_SIZE = '320MB';

export const help = `Usage: otelier dev [options] [-- command ...]

Takes OpenTelemetry data (OTLP) from any app and shows it in the browser: traces, logs, metrics and errors.
With a command, runs it with otelier preloaded and sends its telemetry here; ends when the command ends.

  otelier dev -- node app.js
  otelier dev --keep -- npm test

  --http-port N    OTLP over HTTP (default 4318, or the next free one)
  --grpc-port N    OTLP over gRPC (default 4317, or the next free one)
  --page-port N    the page and its API (default 4320, or the next free one)
  --host ADDRESS   where to listen (default 127.0.0.1); elsewhere a token is asked for
  --token TEXT     the token to ask for (default: a new one, where one is needed)
  --data DIR       keep the data in this folder; without it, it goes when otelier ends
  --max-size SIZE  the oldest data goes when there is more (default ${DEFAULT_SIZE}, at least 16MB)
  --max-age AGE    data older than this goes (default 7d)
  --keep           stay when the command has ended, until Ctrl+C
  --open           open the page in the browser
  --help           this text

Exit codes: that of the command; 1 it could not be started or the store failed, 2 wrong usage, 127 no such command.
`;

export interface DevOptions {
  readonly ports: Readonly<Record<PortName, { readonly port: number; readonly explicit: boolean }>>;
  readonly host: string;
  readonly token: string | undefined;
  readonly data: string | undefined;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly keep: boolean;
  readonly open: boolean;
  readonly command: readonly string[];
}

export type PortName = 'http' | 'grpc' | 'page';

const SMALLEST = 16 * 2 ** 20;

/** Undefined: the help is asked for. @throws CommandError with exit code 2 */
export function parseDevOptions(args: readonly string[]): DevOptions | undefined {
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  const { values } = parse(own);
  if (values.help === true) return undefined;
  const command = end < 0 ? [] : args.slice(end + 1);
  if (end >= 0 && command.length === 0) throw usage('There is nothing after --; name the command to run.');
  return {
    ports: {
      http: port('http-port', values['http-port'], 4318),
      grpc: port('grpc-port', values['grpc-port'], 4317),
      page: port('page-port', values['page-port'], 4320),
    },
    host: values.host ?? '127.0.0.1',
    token: values.token === undefined ? undefined : token(values.token),
    data: values.data,
    maxBytes: size(values['max-size'] ?? DEFAULT_SIZE),
    maxAgeMs: quantity('max-age', values['max-age'] ?? '7d', parseDuration, 'a number with s, m, h or d, such as 12h'),
    keep: values.keep ?? false,
    open: values.open ?? false,
    command,
  };
}

function parse(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof options; args: string[] }>> {
  try {
    return parseArgs({ options, args: [...args] });
  } catch (error) {
    const [first] = (error as Error).message.split('. ');
    const hint = args.some((arg) => !arg.startsWith('-')) ? ' A command stands after --: otelier dev -- node app.js.' : '';
    throw usage(`${first}.${hint}`);
  }
}

const options = {
  'http-port': { type: 'string' },
  'grpc-port': { type: 'string' },
  'page-port': { type: 'string' },
  host: { type: 'string' },
  token: { type: 'string' },
  data: { type: 'string' },
  'max-size': { type: 'string' },
  'max-age': { type: 'string' },
  keep: { type: 'boolean' },
  open: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

function port(name: string, text: string | undefined, fallback: number): { readonly port: number; readonly explicit: boolean } {
  if (text === undefined) return { port: fallback, explicit: false };
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535)
    throw usage(`--${name} is ${JSON.stringify(text)}; it must be a port from 1 to 65535, or 0 for any free one.`);
  return { port: value, explicit: true };
}

function token(text: string): string {
  if (/^[\w.~-]{8,200}$/.test(text)) return text;
  throw usage('--token must be 8 to 200 letters, digits or . _ ~ -');
}

function size(text: string): number {
  const bytes = quantity('max-size', text, parseBytes, 'a number with MB or GB, such as 500MB');
  if (bytes < SMALLEST) throw usage(`--max-size is ${text}; it must be at least 16MB.`);
  return bytes;
}

function quantity(name: string, text: string, read: (text: string) => number | undefined, what: string): number {
  const value = read(text);
  if (value === undefined || value <= 0) throw usage(`--${name} is ${JSON.stringify(text)}; it must be ${what}.`);
  return value;
}

function usage(message: string): CommandError {
  return new CommandError(`${message} otelier dev --help tells of the options.`, 2);
}
