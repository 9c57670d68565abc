/** The thread that writes: what waits goes into one transaction, and is answered when that is done. So what was answered is in the file. */
import { receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { BodyNotGzipError, BodyTooLargeError } from '../../otlp/body-error.ts';
import { OtlpDecodeError } from '../../otlp/decode-error.ts';
import { releaseBytes } from '../../otlp/release-bytes.ts';
import { withUnpacked } from '../../otlp/unpack.ts';
import { openForWriting } from '../store/database.ts';
import { Writer } from '../store/writer.ts';
import type { Added } from '../store/writer.ts';
import type { FromWriter, Refusal, ThreadData, ToWriter, WriterAnswer } from './messages.ts';

/** After this long a transaction ends, whatever waits. */
const TRANSACTION_MS = 100;
/** How often age is looked at while nothing comes. */
const AGE_CHECK_MS = 60_000;

export function runWriter(port: MessagePort, { path, lasting, limits, maxBodyBytes }: Extract<ThreadData, { role: 'writer' }>): void {
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
      } else say(takeAll(port, writer, maxBodyBytes, message));
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
function takeAll(port: MessagePort, writer: Writer, maxBodyBytes: number, first: IngestMessage): FromWriter {
  const until = performance.now() + TRANSACTION_MS;
  const answers: WriterAnswer[] = [];
  try {
    for (let message: IngestMessage | undefined = first; message !== undefined;) {
      const answer: WriterAnswer = { id: message.id };
      answers.push(answer);
      Object.assign(answer, take(writer, maxBodyBytes, message));
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
      answers: answers.map(({ id, refused }) => (refused === undefined ? { id, failed } : { id, refused })),
    };
  }
}

/**
 * A request that is not OTLP is its sender's affair; an error of the database is that of all who wait. A request is unpacked only here and now: until
 * then it takes as little as was sent, and after it nothing.
 */
function take(writer: Writer, maxBodyBytes: number, { arrived: { body, isGzip, ...rest } }: IngestMessage): Partial<WriterAnswer> {
  const write = (bytes: Uint8Array): Added => writer.take({ ...rest, bytes }, Date.now());
  try {
    return { added: isGzip ? withUnpacked(body, maxBodyBytes, write) : write(body) };
  } catch (error) {
    const refused = refusalFor(error);
    if (refused === undefined) throw error;
    return { refused };
  } finally {
    // The whole buffer came with the message.
    releaseBytes(new Uint8Array(body.buffer));
  }
}

function refusalFor(error: unknown): Refusal | undefined {
  if (error instanceof OtlpDecodeError) return { why: 'malformed', message: error.message };
  if (error instanceof BodyNotGzipError) return { why: 'not gzip', message: error.message };
  return error instanceof BodyTooLargeError ? { why: 'too large', message: error.message } : undefined;
}
