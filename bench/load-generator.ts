/**
 * Load without wrk: GET requests over kept-alive connections, in a process of its own that prints what it measured as one line of JSON.
 * `closed`: each connection sends the next request when its answer is there. `open`: requests are due at a fixed rate, whatever the answers do, and
 * latency counts from the moment a request was due, so that a stall costs all the requests that would have come meanwhile.
 */
import { connect, type Socket } from 'node:net';
import { percentile } from './statistics.ts';

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers other than 2xx, and broken connections. */
  readonly errors: number;
}

interface Connection {
  readonly socket: Socket;
  /** When the request on its way was due; undefined when there is none. */
  due: number | undefined;
  received: string;
}

/** True when a whole answer is there: by its length, or by the last chunk. */
export function isComplete(answer: string): boolean {
  const headEnd = answer.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(answer.slice(0, headEnd));
  return length ? answer.length >= headEnd + 4 + Number(length[1]) : answer.endsWith('0\r\n\r\n');
}

interface LoadSettings {
  readonly url: URL;
  readonly seconds: number;
  readonly connections: number;
  /** Requests per second; undefined for a closed loop. */
  readonly rate: number | undefined;
}

function run({ url, seconds, connections, rate }: LoadSettings): Promise<LoadResult> {
  const request = `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nAccept: */*\r\nUser-Agent: otelier-bench\r\n\r\n`;
  const latencies: number[] = [];
  const idle: Connection[] = [];
  const waiting: number[] = [];
  let errors = 0;
  let ended = false;
  const began = performance.now();

  const send = (connection: Connection, due: number): void => {
    connection.due = due;
    connection.received = '';
    connection.socket.write(request);
  };
  const next = (connection: Connection): void => {
    const due = rate === undefined ? performance.now() : waiting.shift();
    if (ended || due === undefined) idle.push(connection);
    else send(connection, due);
  };
  const open = (): void => {
    const connection: Connection = { socket: connect(Number(url.port), url.hostname), due: undefined, received: '' };
    connection.socket.setNoDelay(true);
    connection.socket.setEncoding('latin1');
    connection.socket.once('connect', () => next(connection));
    connection.socket.on('data', (chunk: string) => {
      connection.received += chunk;
      if (connection.due === undefined || !isComplete(connection.received)) return;
      latencies.push(performance.now() - connection.due);
      if (!connection.received.startsWith('HTTP/1.1 2')) errors++;
      connection.due = undefined;
      next(connection);
    });
    connection.socket.on('error', () => {});
    connection.socket.once('close', () => {
      if (connection.due !== undefined) errors++;
      const place = idle.indexOf(connection);
      if (place >= 0) idle.splice(place, 1);
      if (!ended) setTimeout(open, 10);
    });
  };
  for (let count = 0; count < connections; count++) open();

  let due = 0;
  const pace = setInterval(() => {
    if (rate === undefined) return;
    for (; due / rate < Math.min(seconds, (performance.now() - began) / 1000); due++) {
      const at = began + (due * 1000) / rate;
      const connection = idle.shift();
      if (connection) send(connection, at);
      else waiting.push(at);
    }
  }, 1);

  return new Promise((resolve) => {
    setTimeout(() => {
      ended = true;
      clearInterval(pace);
      const elapsed = (performance.now() - began) / 1000;
      const sorted = latencies.toSorted((a, b) => a - b);
      resolve({
        requests: sorted.length,
        perSecond: sorted.length / elapsed,
        p50Ms: percentile(sorted, 0.5),
        p99Ms: percentile(sorted, 0.99),
        // Nobody answered these in time: a fixed rate that was not kept is not a good latency.
        errors: errors + waiting.length,
      });
    }, seconds * 1000);
  });
}

if (process.argv[1] === import.meta.filename) {
  const [url, seconds, connections, rate] = process.argv.slice(2);
  const result = await run({
    url: new URL(url ?? ''),
    seconds: Number(seconds),
    connections: Number(connections),
    rate: rate === undefined ? undefined : Number(rate),
  });
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit());
}
