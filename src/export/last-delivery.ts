/**
 * Delivers what is left from inside the `exit` event, where nothing asynchronous runs any more: a worker thread sends while this thread waits,
 * never longer than the bound. Exit code and signal stay what they are.
 */
import type { Delivery, DeliveryReport } from './deliver.ts';
import type { Remainder } from './pipeline.ts';
import type { Reporter } from './reporter.ts';
import type { Signal } from './transport.ts';

/** Blocks this thread until everything is sent or `timeoutMs` is over; reports what could not be delivered. */
export function deliverNow(jobs: readonly Remainder[], timeoutMs: number, script: string, userAgent: string, reporter: Reporter): void {
  if (jobs.length === 0) return;
  const report = timeoutMs > 0 ? trySending(jobs, timeoutMs, script, userAgent) : undefined;
  const failures = jobs
    .map((job, index) => ({ job, reason: report ? report[index] : 'there was no answer in time' }))
    .filter((failure): failure is Failure => failure.reason !== undefined);
  for (const group of groupByOrigin(failures).values()) {
    const counts: Record<Signal, number> = { traces: 0, metrics: 0, logs: 0 };
    for (const { job } of group) counts[job.signal] += job.count;
    const [first] = group;
    if (first) reporter.lost(first.job.target, counts, first.reason);
  }
}

interface Failure {
  readonly job: Remainder;
  readonly reason: string;
}

/** No worker, no delivery: under Node.js's permission model one is not allowed without `--allow-worker`. */
function trySending(...args: Parameters<typeof sendFromWorker>): DeliveryReport | undefined {
  try {
    return sendFromWorker(...args);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error);
    return args[0].map(() => reason);
  }
}

/** Undefined: the worker did not finish in time. */
function sendFromWorker(jobs: readonly Remainder[], timeoutMs: number, script: string, userAgent: string): DeliveryReport | undefined {
  const { Worker, MessageChannel, receiveMessageOnPort } = process.getBuiltinModule('node:worker_threads');
  const { port1, port2 } = new MessageChannel();
  const state = new SharedArrayBuffer(4);
  const deadline = Date.now() + timeoutMs;
  const delivery: Delivery = { jobs, timeoutMs: Math.max(timeoutMs - 50, 1), userAgent, state, port: port2 };
  // No inherited flags: the worker must not load the preload again.
  const worker = new Worker(script, { workerData: delivery, transferList: [port2], execArgv: [], env: {}, stdout: true, stderr: true });
  worker.on('error', () => {});
  worker.unref();
  Atomics.wait(new Int32Array(state), 0, 0, Math.max(deadline - Date.now(), 1));
  const report = receiveMessageOnPort(port1)?.message as DeliveryReport | undefined;
  port1.close();
  return report;
}

function groupByOrigin(failures: readonly Failure[]): Map<string, Failure[]> {
  const groups = new Map<string, Failure[]>();
  for (const failure of failures) {
    const { origin } = new URL(failure.job.target.url);
    groups.set(origin, [...(groups.get(origin) ?? []), failure]);
  }
  return groups;
}
