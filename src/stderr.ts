/** The voice of otelier: single lines on stderr, governed by `OTEL_LOG_LEVEL`. stdout is the app's alone. */
import { writeSync } from 'node:fs';
import { DiagLogLevel } from '@opentelemetry/api';
import type { DiagLogger } from '@opentelemetry/api';
import type { LogLevel } from './config/types.ts';

export interface Voice {
  error(line: string): void;
  warn(line: string): void;
  info(line: string): void;
}

const RANKS: Readonly<Record<LogLevel, DiagLogLevel>> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
};

export function createVoice(level: LogLevel): Voice {
  const say = (rank: DiagLogLevel, line: string): void => {
    if (RANKS[level] >= rank) writeLine(`otelier: ${line}`);
  };
  return {
    error: (line) => say(DiagLogLevel.ERROR, line),
    warn: (line) => say(DiagLogLevel.WARN, line),
    info: (line) => say(DiagLogLevel.INFO, line),
  };
}

/**
 * Written to the descriptor, so that the line is out even when the process ends next, and no listener of the app on `process.stderr` sees it.
 * A full pipe or a closed one loses the line rather than the app's patience.
 */
function writeLine(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // EAGAIN, EPIPE: nowhere to say it
  }
}

// What upstream says although nothing is wrong, by the start of the text.
const NOISE = [
  'Accessing resource attributes before async attributes settled',
  'Failed extracting version',
  'Unsettled resource attribute',
  'Current logger will be overwritten',
];

// What the API says, once for each signal, when somebody registers after otelier.
const DUPLICATE = 'Attempted duplicate registration of API';
const SECOND_SDK =
  'the app starts an OpenTelemetry SDK of its own; otelier was there first and stays in charge, the other one gets nothing. Remove one of the two.';

/** Where the OpenTelemetry packages' own messages go: each text once at warn and error, all of them from debug on. */
export function createDiagLogger(voice: Voice, level: LogLevel): { readonly logger: DiagLogger; readonly level: DiagLogLevel } {
  const said = new Set<string>();
  const detailed = RANKS[level] >= DiagLogLevel.DEBUG;
  const through =
    (say: (line: string) => void) =>
    (message: string, ...args: unknown[]): void => {
      if (NOISE.some((start) => message.includes(start))) return;
      const line =
        message.includes(DUPLICATE) && !detailed
          ? SECOND_SDK
          : [message, ...args.map(describe)]
              .join(' ')
              .split('\n', detailed ? 50 : 1)
              .join(' | ')
              .slice(0, detailed ? 4000 : 500);
      if (!detailed) {
        if (said.has(line) || said.size > 200) return;
        said.add(line);
      }
      say(line);
    };
  // Upstream's info is our debug: the start line and the delivery lines are all that a healthy process says.
  const debug = detailed ? through(voice.info) : (): void => {};
  return { logger: { error: through(voice.error), warn: through(voice.warn), info: debug, debug, verbose: debug }, level: RANKS[level] };
}

function describe(value: unknown): string {
  if (value instanceof Error) return value.message;
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
