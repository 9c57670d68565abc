/** The thread that reads: questions in, JSON out, one after the other. Nobody who sends telemetry waits for it. */
import type { MessagePort } from 'node:worker_threads';
import { answers } from '../query/answers.ts';
import { Reader } from '../query/reader.ts';
import { openForReading } from '../store/database.ts';
import type { FromReader, ToReader } from './messages.ts';

export function runReader(port: MessagePort, path: string): void {
  const database = openForReading(path);
  const reader = new Reader(database);
  const say = (message: FromReader, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  reader.read(() => {});
  say({ kind: 'ready' });
  port.on('message', (message: ToReader) => {
    if (message.kind === 'close') {
      database.close();
      port.close();
      return;
    }
    const { id, question } = message;
    try {
      const answer = reader.read(() => answers[question.name]!(reader, question.query as never));
      if (answer === undefined) return say({ kind: 'answer', id });
      const text = JSON.stringify(answer);
      const json = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
      json.write(text);
      say({ kind: 'answer', id, json }, [json.buffer]);
    } catch (error) {
      say({ kind: 'answer', id, failed: error instanceof Error ? error.message : String(error) });
    }
  });
}
