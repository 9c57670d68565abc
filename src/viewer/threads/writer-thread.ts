/** The thread that writes: what waits goes into one transaction, and is answered when that is done. So what was answered is in the file. */
import { receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { OtlpDecodeError } from '../../otlp/decode-error.ts';
import { releaseBytes } from '../../otlp/release-bytes.ts';
import { openForWriting } from '../store/database.ts';
import { Writer } from '../store/writer.ts';
import type { FromWriter, ThreadData, ToWriter, WriterAnswer } from './messages.ts';

/** After this long a transaction ends, whatever waits. */
const TRANSACTION_MS = 100;
/** How often age is looked at while nothing comes. */
const AGE_CHECK_MS = 60_000;

export function runWriter(port: MessagePort, { path, lasting, limits }: Extract<ThreadData, { role: 'writer' }>): void {
  const database = openForWriting(path, lasting);
  const writer = new Writer(database, limits);
  const say = (message: FromWriter): void => port.postMessage(message);
  say({ kind: 'ready', committed: writer.commit(Date.now()) });

  const ageCheck = setInterval(() => say({ kind: 'committed', answers: [], committed: writer.commit(Date.now()) }), AGE_CHECK_MS);
  port.on('message', (first: ToWriter) => {
    for (let message: ToWriter | undefined = first; message !== undefined; message = next(port)) {
      if (message.kind === 'close') {
        clearInterval(ageCheck);
        database.close();
        port.close();
        return;
      }
      if (message.kind === 'clear') {
        writer.clear();
        say({ kind: 'cleared', id: message.id, committed: writer.commit(Date.now()) });
      } else say(takeAll(port, writer, message));
    }
  });
}

let putBack: ToWriter | undefined;

function next(port: MessagePort): ToWriter | undefined {
  const message = putBack ?? (receiveMessageOnPort(port)?.message as ToWriter | undefined);
  putBack = undefined;
  return message;
}

type IngestMessage = Extract<ToWriter, { kind: 'ingest' }>;

/** One transaction. A message of another kind ends it and comes next. */
function takeAll(port: MessagePort, writer: Writer, first: IngestMessage): FromWriter {
  const until = performance.now() + TRANSACTION_MS;
  const answers: WriterAnswer[] = [];
  try {
    for (let message: IngestMessage | undefined = first; message !== undefined;) {
      const answer: WriterAnswer = { id: message.id };
      answers.push(answer);
      Object.assign(answer, take(writer, message));
      const following = performance.now() < until ? next(port) : undefined;
      if (following !== undefined && following.kind !== 'ingest') putBack = following;
      message = following?.kind === 'ingest' ? following : undefined;
    }
    return { kind: 'committed', answers, committed: writer.commit(Date.now()) };
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error);
    writer.rollback();
    return {
      kind: 'committed',
      answers: answers.map(({ id, malformed }) => (malformed === undefined ? { id, failed } : { id, malformed })),
    };
  }
}

/** A request that is not OTLP is its sender's affair; an error of the database is that of all who wait. */
function take(writer: Writer, { ingest }: IngestMessage): Partial<WriterAnswer> {
  try {
    return { added: writer.take(ingest, Date.now()) };
  } catch (error) {
    if (error instanceof OtlpDecodeError) return { malformed: error.message };
    throw error;
  } finally {
    // The whole buffer came with the message.
    releaseBytes(new Uint8Array(ingest.bytes.buffer));
  }
}
