/**
 * The worker's side of the last delivery: gets serialized requests, sends them all at once, tells what failed, wakes the main thread.
 * A bundle of its own, so that starting it at the end of a process costs little.
 */
import { workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { Remainder } from './pipeline.ts';
import { createTransport } from './transport.ts';

export interface Delivery {
  readonly jobs: readonly Remainder[];
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** One Int32: 0 while at work, 1 when done. */
  readonly state: SharedArrayBuffer;
  readonly port: MessagePort;
}

/** For each job: undefined when delivered, else why not. */
export type DeliveryReport = readonly (string | undefined)[];

const { jobs, timeoutMs, userAgent, state, port } = workerData as Delivery;
// The transports hold nothing alive; this does, until all have answered.
const alive = setTimeout(() => {}, timeoutMs);

void Promise.all(
  jobs.map(async ({ signal, target, body }) => {
    const transport = createTransport(target, userAgent);
    const outcome = await transport.send(signal, body, timeoutMs);
    transport.close();
    return outcome.ok ? undefined : outcome.reason;
  }),
).then((report) => {
  port.postMessage(report satisfies DeliveryReport);
  const flag = new Int32Array(state);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
  clearTimeout(alive);
});
