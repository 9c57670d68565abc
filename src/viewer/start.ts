/** Options -> a running viewer: OTLP in, store, API and page. The story of the embedded backend on one page. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Deliver, Endpoint, EndpointOptions } from '../otlp/delivery.ts';
import { OtlpDecodeError } from '../otlp/decode-error.ts';
import { startGrpcEndpoint } from '../otlp/grpc-endpoint.ts';
import { startHttpEndpoint } from '../otlp/http-endpoint.ts';
import { BodyBudget } from '../otlp/request-body.ts';
import type { Status } from './api.ts';
import { createAssets } from './server/assets.ts';
import { createGuard } from './server/guard.ts';
import { createLive } from './server/live.ts';
import { createOtlpGate } from './server/otlp-gate.ts';
import { startPageServer } from './server/page-server.ts';
import { createSqlRunner } from './server/sql.ts';
import { createStatus } from './server/status.ts';
import type { Rejections } from './server/status.ts';
import type { Limits } from './store/evict.ts';
import type { Committed } from './store/writer.ts';
import { DATABASE_FILE } from './store/schema.ts';
import { BusyError, MalformedError, openStore } from './threads/store.ts';
import type { Store } from './threads/store.ts';

export interface ViewerOptions {
  readonly version: string;
  /** Where the database is, or is made. */
  readonly folder: string;
  /** The folder outlives the process. */
  readonly lasting: boolean;
  readonly limits: Limits;
  readonly host: string;
  /** 0: any free one. */
  readonly ports: { readonly http: number; readonly grpc: number; readonly page: number };
  /** Asked for on every request when it is there. */
  readonly token?: string;
  /** The page's built files. */
  readonly assets: string;
  readonly onFatal: (error: Error) => void;
}

export interface Viewer {
  readonly endpoints: Required<Status['endpoints']>;
  readonly counts: () => Status['counts'];
  readonly evicted: () => Status['evicted'];
  /** Requests under way are answered, what was accepted is written, the ports are free. */
  close(): Promise<void>;
}

/** What is listened on everywhere is reached here by this; not every system can connect to the former. */
const ANYWHERE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
/** Of one OTLP request, as sent and unpacked. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** Of all that are being read at the same time. */
const MAX_BODIES_BYTES = 48 * 1024 * 1024;
const MAX_CONNECTIONS = 256;

/** @throws the listen error of a port that is taken (its `port` names it), or why the store cannot be opened; then nothing runs */
export async function startViewer(options: ViewerOptions): Promise<Viewer> {
  const { version, folder, lasting, limits, host, ports, token, assets, onFatal } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, DATABASE_FILE);
  const started: (() => Promise<void>)[] = [];
  try {
    let store: Store | undefined = undefined as Store | undefined;
    const live = createLive(() => store!);
    const onCommit = (committed: Committed): void => live.committed(committed);
    store = await openStore({ path, lasting, limits, maxBodyBytes: MAX_BODY_BYTES, onCommit, onFatal });
    started.push(() => store.close());
    started.push(async () => live.close());

    const guard = createGuard(host, token);
    const rejected: Rejections = { requests: 0 };
    const deliver = createDeliver(store, rejected);
    const reading = new BodyBudget(MAX_BODIES_BYTES);
    const common = { host, maxBodyBytes: MAX_BODY_BYTES, admit: createOtlpGate(guard), reading };
    const listen = async (start: typeof startHttpEndpoint, port: number): Promise<Endpoint> => {
      const endpoint = await start(deliver, { ...common, port, maxConnections: MAX_CONNECTIONS } satisfies EndpointOptions);
      started.push(() => endpoint.close());
      return endpoint;
    };
    const http = await listen(startHttpEndpoint, ports.http);
    const grpc = await listen(startGrpcEndpoint, ports.grpc);

    const reachable = ANYWHERE[host] ?? host;
    const urlOf = (port: number): string => `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
    const endpoints = { http: urlOf(http.port), grpc: urlOf(grpc.port), page: '' };
    const about = {
      version,
      startedAt: Date.now(),
      endpoints,
      limits,
      needsToken: token !== undefined,
      ...(lasting ? { dataDirectory: folder } : {}),
    };
    const status = async (): Promise<Status> => {
      const span = JSON.parse(Buffer.from((await store.ask({ name: 'span', query: {} }))!).toString()) as object;
      return createStatus(about, store.latest, rejected, span);
    };
    const parts = { store, guard, live, assets: createAssets(assets), runSql: createSqlRunner(path), status };
    const page = await startPageServer(parts, host, ports.page);
    started.push(() => page.close());
    endpoints.page = urlOf(page.port);
    return {
      endpoints,
      counts: () => store.latest.counts,
      evicted: () => store.latest.evicted,
      close: () => closeAll(started),
    };
  } catch (error) {
    await closeAll(started);
    throw error;
  }
}

/** What was started last is closed first. */
async function closeAll(started: (() => Promise<void>)[]): Promise<void> {
  for (const close of started.splice(0).reverse()) await close();
}

/** 200 means that it is in the file. */
function createDeliver(store: Store, rejected: Rejections): Deliver {
  return async ({ signal, encoding, body, isGzip }): Promise<Answer | undefined> => {
    try {
      await store.ingest({ signal, encoding, body, isGzip }, 'give');
      return undefined;
    } catch (error) {
      if (error instanceof BusyError) return { status: 503, headers: { 'retry-after': '1' }, body: error.message };
      if (!(error instanceof MalformedError)) throw error;
      rejected.requests++;
      rejected.latest = error.message;
      throw new OtlpDecodeError(error.message);
    }
  };
}
