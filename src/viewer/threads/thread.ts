/** The file that the viewer's threads start from. */
import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { ThreadData } from './messages.ts';
import { runReader } from './reader-thread.ts';
import { runWriter } from './writer-thread.ts';

const data = workerData as ThreadData;
const port = parentPort as MessagePort;
if (data.role === 'writer') runWriter(port, data);
else runReader(port, data.path);
