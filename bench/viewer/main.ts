/**
 * `node bench/viewer/main.ts [--spans 1000000] [--gzip] [--grpc]`, after `npm run build`: fills the store of a viewer and prints how fast that goes
 * beside the receiver alone (which decodes, and keeps nothing), the memory it takes, and how long each query of the API takes, also while spans go
 * on coming in. With `--gzip` the senders compress; with `--grpc` they speak OTLP/gRPC, else OTLP/HTTP.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { ShopPayloads } from './payloads.ts';
import type { Payload } from './payloads.ts';

const { values } = parseArgs({
  options: {
    spans: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '40' },
    gzip: { type: 'boolean', default: false },
    grpc: { type: 'boolean', default: false },
  },
});
const SPANS = Number(values.spans);
const ROUNDS = Number(values.rounds);
const SPANS_PER_TRACE = 5;
const TRACES_PER_ROUND = 100;
/** Requests under way at the same time. */
const SENDERS = 8;
const HOUR = 3_600_000;
/** The process with a million spans, at its worst. */
const GOAL_MB = 300;

const root = join(import.meta.dirname, '..', '..');
const agent = new Agent({ keepAlive: true, maxSockets: SENDERS });

interface Target {
  readonly child: ChildProcess;
  readonly otlp: string;
  readonly page: string;
  readonly session: ClientHttp2Session;
}

async function start(args: readonly string[]): Promise<Target> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  const [otlp = '', grpc = '', page = ''] = await new Promise<readonly string[]>((resolve, reject) => {
    child.stderr!.on('data', (chunk: Buffer) => {
      said += String(chunk);
      const found = /page +(http:\S+)\/\n[^]*OTLP +(http:\S+) \(HTTP\), (http:\S+) /.exec(said);
      if (found !== null) resolve([found[2]!, found[3]!, found[1]!]);
    });
    child.once('exit', () => reject(new Error(said)));
  });
  return { child, otlp, page, session: connect(grpc) };
}

async function stop({ child, session }: Target): Promise<void> {
  session.destroy();
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

const grpcServices = { traces: 'trace.v1.Trace', logs: 'logs.v1.Logs', metrics: 'metrics.v1.Metrics' } as const;

/** Whether it was accepted. */
function post({ otlp, session }: Target, { signal, bytes }: Payload): Promise<boolean> {
  const body = values.gzip ? gzipSync(bytes, { level: 1 }) : bytes;
  return values.grpc ? postGrpc(session, signal, body) : postHttp(`${otlp}/v1/${signal}`, body);
}

function postHttp(url: string, body: Uint8Array): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const encoding = values.gzip ? { 'content-encoding': 'gzip' } : {};
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length, ...encoding };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function postGrpc(session: ClientHttp2Session, signal: Payload['signal'], body: Uint8Array): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': `/opentelemetry.proto.collector.${grpcServices[signal]}Service/Export`,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(values.gzip ? { 'grpc-encoding': 'gzip' } : {}),
    });
    let isAccepted = false;
    stream.on('trailers', (trailers) => void (isAccepted = trailers['grpc-status'] === '0'));
    stream.on('error', reject);
    stream.on('close', () => resolve(isAccepted));
    stream.resume();
    const frame = Buffer.alloc(5);
    frame[0] = values.gzip ? 1 : 0;
    frame.writeUInt32BE(body.length, 1);
    stream.end(Buffer.concat([frame, body]));
  });
}

interface Sent {
  readonly spans: number;
  readonly logs: number;
  readonly ms: number;
  readonly refused: number;
  readonly peakMb: number;
}

/** Spread over the last hour, so that the page's usual ranges hold something. Payloads are made as they are sent, in pieces outside of the time taken. */
async function fill(target: Target, spans: number, seed: number): Promise<Sent> {
  const payloads = new ShopPayloads(seed);
  const rounds = Math.ceil(spans / SPANS_PER_TRACE / TRACES_PER_ROUND);
  const from = Date.now() - HOUR;
  const total = { spans: 0, logs: 0, ms: 0, refused: 0, peakMb: 0 };
  for (let round = 0; round < rounds;) {
    const queue: Payload[] = [];
    for (const end = Math.min(round + 50, rounds); round < end; round++)
      queue.push(...payloads.traces(TRACES_PER_ROUND, from + (HOUR * round) / rounds, from + (HOUR * (round + 1)) / rounds));
    for (const { signal, items } of queue) total[signal === 'traces' ? 'spans' : 'logs'] += items;
    const startedAt = performance.now();
    const send = async (): Promise<void> => {
      for (let payload = queue.pop(); payload !== undefined; payload = queue.pop()) if (!(await post(target, payload))) total.refused++;
    };
    await Promise.all(Array.from({ length: SENDERS }, send));
    total.ms += performance.now() - startedAt;
    total.peakMb = Math.max(total.peakMb, rssMb(target.child));
  }
  return total;
}

/** What is resident, and the most that ever was. 0 where there is no /proc. */
function rssMb({ pid }: ChildProcess, which: 'VmRSS' | 'VmHWM' = 'VmRSS'): number {
  try {
    return Number(new RegExp(`${which}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function memoryLine({ child }: Target, when: string): string {
  const peakMb = rssMb(child, 'VmHWM');
  const verdict = SPANS > 1_000_000 || peakMb === 0 ? '' : `; goal ${GOAL_MB} MB ${peakMb <= GOAL_MB ? 'reached' : 'missed'}`;
  return `memory           ${rssMb(child).toFixed(0)} MB ${when}, peak ${peakMb.toFixed(0)} MB${verdict}`;
}

const now = Date.now();
const quarter = `from=${now - 900_000}&to=${now}`;
const queries: readonly string[] = [
  'status',
  'services',
  'traces',
  'traces?service=payments&status=error',
  'traces?sort=slowest',
  'traces?minMs=1500',
  'traces?name=checkout&service=storefront',
  `traces?attr=app.order_id%3Dorder-${Math.floor(SPANS / 20)}`,
  'traces?attr=app.tenant%3Dacme',
  'traces?attr=http.response.status_code%3E499',
  'traces?attr=url.path~orders',
  'latency',
  `latency?${quarter}&service=payments`,
  'logs',
  'logs?level=error',
  'logs?q=declined',
  `logs?q=%22order%20${Math.floor(SPANS / 20)}%22`,
  'logs?attr=tenantId%3Dacme',
  `logs/histogram?${quarter}`,
  'logs/histogram',
  `logs/facets?${quarter}`,
  'metrics',
  'map',
  `map?${quarter}`,
  'errors',
  'overview',
  `overview?from=${now - HOUR}&to=${now}`,
  'attributes',
  'attributes?key=http.route',
  'TRACE',
];

async function measure({ page }: Target, rounds: number): Promise<ReadonlyMap<string, readonly number[]>> {
  const times = new Map<string, number[]>(queries.map((query) => [query, []]));
  for (let round = 0; round < rounds; round++) {
    const { items } = (await (await fetch(`${page}/api/traces?limit=50`)).json()) as { items: { traceId: string }[] };
    for (const query of queries) {
      const path = query === 'TRACE' ? `traces/${items[round % items.length]!.traceId}` : query;
      const startedAt = performance.now();
      const response = await fetch(`${page}/api/${path}`);
      const body = await response.text();
      if (!response.ok) throw new Error(`${path}: ${body}`);
      times.get(query)!.push(performance.now() - startedAt);
    }
  }
  return times;
}

function share(times: readonly number[], part: number): string {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil(sorted.length * part) - 1, 0)]!.toFixed(0).padStart(6);
}

const folder = mkdtempSync(join(tmpdir(), 'otelier-bench-viewer-'));
const perSecond = ({ spans, logs, ms }: Sent): string =>
  `${Math.round((spans / ms) * 1000)} spans/s with ${Math.round((logs / ms) * 1000)} log records/s`;
try {
  const baseline = await start([join(import.meta.dirname, 'receiver.ts')]);
  const alone = await fill(baseline, Math.min(SPANS, 200_000), 1);
  await stop(baseline);
  console.log(`receiver alone   ${perSecond(alone)}`);

  const viewer = await start([
    join(root, 'dist', 'cli.js'),
    'dev',
    '--data',
    folder,
    '--max-size',
    '8GB',
    '--http-port=0',
    '--grpc-port=0',
    '--page-port=0',
  ]);
  const filled = await fill(viewer, SPANS, 1);
  console.log(`viewer           ${perSecond(filled)}; ${filled.refused} requests refused; peak ${filled.peakMb.toFixed(0)} MB`);
  console.log(`                 ratio ${((filled.spans / filled.ms / (alone.spans / alone.ms)) * 100).toFixed(0)} %`);
  const status = (await (await fetch(`${viewer.page}/api/status`)).json()) as { counts: { spans: number; logs: number }; bytes: number };
  if (status.counts.spans !== filled.spans || status.counts.logs !== filled.logs)
    throw new Error(`lost: ${JSON.stringify(status.counts)} of ${JSON.stringify(filled)}`);
  console.log(
    `stored           ${status.counts.spans} spans and ${status.counts.logs} log records in ${(status.bytes / 2 ** 20).toFixed(0)} MB`,
  );

  await measure(viewer, 5);
  console.log(memoryLine(viewer, 'after each query 5 times'));
  const quiet = await measure(viewer, ROUNDS);
  console.log(memoryLine(viewer, `after ${ROUNDS} times more`));
  let running = true;
  const load = (async () => {
    for (let seed = 2; running; seed++) await fill(viewer, 50_000, seed);
  })();
  const busy = await measure(viewer, Math.max(3, Math.floor(ROUNDS / 8)));
  running = false;
  await load;
  console.log('\n   p50    p95  under load p95   ms');
  for (const [query, times] of quiet)
    console.log(`${share(times, 0.5)} ${share(times, 0.95)} ${share(busy.get(query)!, 0.95)}            ${query}`);
  console.log(`\n${memoryLine(viewer, 'at the end, with what came meanwhile')}`);
  await stop(viewer);
} finally {
  agent.destroy();
  rmSync(folder, { recursive: true, force: true });
}
