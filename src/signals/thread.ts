/** Which thread this is, without loading `node:worker_threads` in the main thread, where few processes need it. */

/**
 * A worker cannot change the process's directory, and Node.js marks the function that tells so:
 * https://github.com/nodejs/node/blob/main/lib/internal/process/worker_thread_only.js. The marks are tested on each Node.js that is supported.
 */
export function isWorkerThread(): boolean {
  return 'disabled' in process.chdir;
}

/** Undefined in the main thread. */
export function workerThreadId(): number | undefined {
  return isWorkerThread() ? process.getBuiltinModule('node:worker_threads').threadId : undefined;
}
