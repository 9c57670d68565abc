/** `otelier tail`: log records and finished traces of a running otelier dev, as they come. */
import { parseArgs } from 'node:util';
import type { LiveEvents, TraceSummary } from '../../viewer/api.ts';
import { DEFAULT_URL, ask, serverAt } from '../client.ts';
import { CommandError } from '../output.ts';
import { createPaint } from '../paint.ts';
import { endWithReader } from '../pipe.ts';
import { readEvents } from './events.ts';
import { formatLog, formatTrace } from './lines.ts';

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

const help = `Usage: otelier tail [options]

Prints log records and finished traces as otelier dev receives them, until Ctrl+C.

  --url ADDRESS    of a running otelier dev (default ${DEFAULT_URL}), token included
  --service NAME   of this service alone
  --level LEVEL    log records of this level and above: ${levels.join(', ')}
  --logs           log records alone     --traces   traces alone
  --json           one JSON object a line, with everything in it
  --help           this text
`;

const options = {
  url: { type: 'string', default: DEFAULT_URL },
  service: { type: 'string' },
  level: { type: 'string' },
  logs: { type: 'boolean' },
  traces: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** A trace whose root has arrived is told when nothing more has come for so long. */
const QUIET_MS = 700;

export async function runTail(args: readonly string[]): Promise<void> {
  const { values } = parse(args);
  if (values.help === true) return void process.stdout.write(help);
  endWithReader();
  const signals = values.logs === values.traces ? ['traces', 'logs'] : [values.logs === true ? 'logs' : 'traces'];
  const query = new URLSearchParams({ signals: signals.join(',') });
  if (values.service !== undefined) query.set('service', values.service);
  if (values.level !== undefined) query.set('level', values.level);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

  const paint = createPaint(process.stdout, process.env);
  const print = (text: string, item: object): boolean => process.stdout.write(`${values.json === true ? JSON.stringify(item) : text}\n`);
  const waiting = createWaitingRoom((trace) => print(formatTrace(trace, paint), trace));
  try {
    const response = await ask(serverAt(values.url), `/api/live?${query}`, { signal: stop.signal });
    process.stderr.write(`otelier: listening to ${values.url}; Ctrl+C ends.\n`);
    for await (const { event, data } of readEvents(response.body!)) {
      if (event === 'logs') {
        const { items, more } = JSON.parse(data) as LiveEvents['logs'];
        for (const log of items.toReversed()) print(formatLog(log, paint), log);
        if (more > 0) process.stderr.write(`otelier: ${more} more log records came at once.\n`);
      } else if (event === 'traces') waiting.add((JSON.parse(data) as LiveEvents['traces']).items);
    }
    if (!stop.signal.aborted) throw new CommandError('otelier dev has ended.', 0);
  } catch (error) {
    if (!stop.signal.aborted) throw error instanceof CommandError ? error : new CommandError('The connection to otelier dev broke off.', 0);
  } finally {
    waiting.empty();
  }
}

function parse(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof options; args: string[] }>> {
  try {
    const parsed = parseArgs({ options, args: [...args] });
    const { level } = parsed.values;
    if (level !== undefined && !levels.includes(level))
      throw new Error(`--level is ${JSON.stringify(level)}; it must be one of ${levels.join(', ')}`);
    return parsed;
  } catch (error) {
    throw new CommandError(`${(error as Error).message.split('. ')[0]}. otelier tail --help tells of the options.`, 2);
  }
}

/** Traces change as long as spans come: each is told once, when it is whole. */
function createWaitingRoom(tell: (trace: TraceSummary) => void): { add(traces: readonly TraceSummary[]): void; empty(): void } {
  const waiting = new Map<string, { trace: TraceSummary; timer: NodeJS.Timeout }>();
  const told = new Set<string>();
  const finish = (traceId: string): void => {
    const { trace, timer } = waiting.get(traceId)!;
    clearTimeout(timer);
    waiting.delete(traceId);
    if (told.size > 10_000) told.clear();
    told.add(traceId);
    tell(trace);
  };
  return {
    add(traces) {
      for (const trace of traces.toReversed()) {
        const { traceId } = trace;
        if (!trace.complete || told.has(traceId)) continue;
        clearTimeout(waiting.get(traceId)?.timer);
        waiting.set(traceId, { trace, timer: setTimeout(finish, QUIET_MS, traceId) });
      }
    },
    empty() {
      for (const traceId of waiting.keys()) finish(traceId);
    },
  };
}
