/** `otelier dev`. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startViewer } from '../viewer/start.ts';
import { say } from './output.ts';

export async function runDev(args: readonly string[], version: string): Promise<void> {
  const port = (name: string, fallback: number): number =>
    Number(args.find((arg) => arg.startsWith(`--${name}-port=`))?.split('=')[1] ?? fallback);
  const viewer = await startViewer({
    version,
    folder: mkdtempSync(join(tmpdir(), 'otelier-dev-')),
    lasting: false,
    limits: { bytes: 2 ** 30, ageMs: 7 * 86_400_000 },
    host: '127.0.0.1',
    ports: { http: port('http', 4318), grpc: port('grpc', 4317), page: port('page', 4320) },
    assets: join(import.meta.dirname, '../../dist/viewer'),
    onFatal: (error) => {
      say(String(error.stack));
      process.exit(1);
    },
  });
  say(`OTLP/HTTP ${viewer.endpoints.http}, OTLP/gRPC ${viewer.endpoints.grpc}, page ${viewer.endpoints.page}`);
  const stop = (): void => void viewer.close().then(() => process.exit(0));
  process.once('SIGINT', stop).once('SIGTERM', stop);
}
