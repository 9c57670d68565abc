/** A seed -> OTLP/protobuf requests like those of a small shop: traces of two services and a database with their log records, and metrics. */
import { ByteWriter } from '../../src/otlp/byte-writer.ts';
import { encodeAttribute, encodeAttributes, encodeHex, encodeResource, encodeScope } from '../../src/otlp/encode-value.ts';

export interface Payload {
  readonly signal: 'traces' | 'logs' | 'metrics';
  readonly bytes: Uint8Array;
  /** Spans, log records or data points in it. */
  readonly items: number;
}

interface Plan {
  readonly service: 'storefront' | 'payments';
  readonly name: string;
  readonly kind: number;
  readonly parent: number;
  readonly start: number;
  readonly duration: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly error?: { readonly type: string; readonly message: string } | undefined;
}

const routes = ['/products', '/products/:id', '/orders', '/orders/:id', '/reports/sales', '/cart', '/checkout', '/login'];
const statements = [
  'SELECT id, name, price_cents FROM products WHERE tenant_id = $1 ORDER BY name LIMIT 50',
  'INSERT INTO orders (tenant_id, customer, total_cents, status) VALUES ($1, $2, $3, $4) RETURNING id',
  'UPDATE stock SET quantity = quantity - $1 WHERE product_id = $2 AND quantity >= $1',
];

/** Deterministic numbers from 0 to 1 (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export class ShopPayloads {
  readonly #random: () => number;
  readonly #writer = new ByteWriter(1 << 20);
  #orders = 0;

  constructor(seed: number) {
    this.#random = createRandom(seed);
  }

  /** `count` traces that start between `fromMs` and `toMs`: the requests of both services, and of their log records. */
  traces(count: number, fromMs: number, toMs: number): readonly Payload[] {
    const traces = Array.from({ length: count }, (_, i) => this.#trace(fromMs + ((toMs - fromMs) * (i + this.#random())) / count));
    return (['storefront', 'payments'] as const).flatMap((service) => [this.#spans(service, traces), this.#logs(service, traces)]);
  }

  /** One export of a counter, a histogram and gauges with `series` series in all. */
  metrics(service: 'storefront' | 'payments', timeMs: number, startMs: number, series: number): Payload {
    const writer = this.#writer;
    const resource = writer.begin(1, 2);
    encodeResource(writer, 1, resourceOf(service));
    const scope = writer.begin(2, 2);
    encodeScope(writer, 1, { name: 'shop', version: '1.0.0' });
    for (let i = 0; i < series; i++) this.#histogram(i, timeMs, startMs);
    writer.end(scope);
    writer.end(resource);
    return { signal: 'metrics', bytes: writer.take(), items: series };
  }

  #histogram(index: number, timeMs: number, startMs: number): void {
    const writer = this.#writer;
    const metric = writer.begin(2, 2);
    writer.string(1, `http.server.request.duration`);
    writer.string(3, 's');
    const histogram = writer.begin(9, 2);
    const point = writer.begin(1, 2);
    encodeAttributes(writer, 9, {
      'http.route': routes[index % routes.length],
      'http.response.status_code': index % 3 === 0 ? 200 : 500 + index,
    });
    writer.timeMs(2, startMs);
    writer.timeMs(3, timeMs);
    const total = Math.floor((timeMs - startMs) / 100);
    writer.tag(4, 1);
    writer.fixed64(total, 0);
    writer.tag(5, 1);
    writer.double(total * 0.04);
    const bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
    for (let i = 0; i <= bounds.length; i++) {
      writer.tag(6, 1);
      writer.fixed64(i === 3 ? total : 0, 0);
    }
    for (const bound of bounds) {
      writer.tag(7, 1);
      writer.double(bound);
    }
    writer.end(point);
    writer.tag(2, 0);
    writer.varint(2);
    writer.end(histogram);
    writer.end(metric);
  }

  #hex(bytes: number): string {
    let text = '';
    while (text.length < bytes * 2)
      text += Math.floor(this.#random() * 0x100000000)
        .toString(16)
        .padStart(8, '0');
    return text.slice(0, bytes * 2);
  }

  #trace(start: number): Trace {
    const random = this.#random;
    const route = routes[Math.floor(random() ** 2 * routes.length)]!;
    const slow = random() < 0.02 ? 2000 * random() : 0;
    const total = 4 + 40 * random() ** 3 + slow;
    const failed = random() < 0.015;
    const order = ++this.#orders;
    const status = failed ? 500 : 200;
    const server = {
      'http.request.method': route === '/orders' ? 'POST' : 'GET',
      'url.scheme': 'http',
      'url.path': route.replace(':id', String(order)),
      'http.route': route,
      'http.response.status_code': status,
      'server.address': 'localhost',
      'server.port': 8080,
      'client.address': '127.0.0.1',
      'network.peer.port': 30000 + Math.floor(random() * 30000),
      'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0',
      'app.tenant': ['acme', 'globex', 'initech'][order % 3],
      'app.order_id': `order-${order}`,
    };
    const query = (parent: number, offset: number, index: number): Plan => ({
      service: 'storefront',
      name: `${statements[index]!.split(' ', 1)[0]} shop`,
      kind: 3,
      parent,
      start: start + offset,
      duration: total * 0.2,
      attributes: {
        'db.system.name': 'postgresql',
        'db.namespace': 'shop',
        'db.query.text': statements[index],
        'server.address': 'db.local',
        'server.port': 5432,
      },
    });
    const error = failed ? { type: 'CardDeclinedError', message: `card of order ${order} was declined` } : undefined;
    const spans: Plan[] = [
      {
        service: 'storefront',
        name: `${server['http.request.method']} ${route}`,
        kind: 2,
        parent: -1,
        start,
        duration: total,
        attributes: server,
        error,
      },
      query(0, total * 0.1, 0),
      query(0, total * 0.3, order % 3),
      {
        service: 'storefront',
        name: 'POST',
        kind: 3,
        parent: 0,
        start: start + total * 0.5,
        duration: total * 0.4,
        attributes: {
          'http.request.method': 'POST',
          'url.full': `http://localhost:8081/charges/${order}`,
          'server.address': 'localhost',
          'server.port': 8081,
          'http.response.status_code': status,
        },
      },
      {
        service: 'payments',
        name: 'POST /charges/:id',
        kind: 2,
        parent: 3,
        start: start + total * 0.55,
        duration: total * 0.3,
        attributes: { ...server, 'http.route': '/charges/:id', 'url.path': `/charges/${order}`, 'server.port': 8081 },
        error,
      },
    ];
    return { id: this.#hex(16), ids: spans.map(() => this.#hex(8)), spans };
  }

  #spans(service: Plan['service'], traces: readonly Trace[]): Payload {
    const writer = this.#writer;
    let items = 0;
    const resource = writer.begin(1, 2);
    encodeResource(writer, 1, resourceOf(service));
    const scope = writer.begin(2, 2);
    encodeScope(writer, 1, { name: 'http', version: '1.0.0' });
    for (const { id, ids, spans } of traces) {
      for (const [i, span] of spans.entries()) {
        if (span.service !== service) continue;
        items++;
        const message = writer.begin(2, 2);
        encodeHex(writer, 1, id);
        encodeHex(writer, 2, ids[i]!);
        if (span.parent >= 0) encodeHex(writer, 4, ids[span.parent]!);
        writer.string(5, span.name);
        writer.tag(6, 0);
        writer.varint(span.kind);
        writer.timeMs(7, span.start);
        writer.timeMs(8, span.start + span.duration);
        encodeAttributes(writer, 9, span.attributes);
        if (span.error) encodeError(writer, span.error, span.start + span.duration);
        writer.tag(16, 5);
        writer.fixed32(0x101);
        writer.end(message);
      }
    }
    writer.end(scope);
    writer.end(resource);
    return { signal: 'traces', bytes: writer.take(), items };
  }

  #logs(service: Plan['service'], traces: readonly Trace[]): Payload {
    const writer = this.#writer;
    let items = 0;
    const resource = writer.begin(1, 2);
    encodeResource(writer, 1, resourceOf(service));
    const scope = writer.begin(2, 2);
    encodeScope(writer, 1, { name: 'winston', version: '3.19.0' });
    for (const { id, ids, spans } of traces) {
      for (const [i, span] of spans.entries()) {
        if (span.service !== service || span.kind !== 2) continue;
        items++;
        const message = writer.begin(2, 2);
        const time = span.start + span.duration * 0.9;
        writer.timeMs(1, time);
        writer.timeMs(11, time);
        writer.tag(2, 0);
        writer.varint(span.error ? 17 : 9);
        writer.string(3, span.error ? 'error' : 'info');
        const body = writer.begin(5);
        writer.string(1, span.error ? span.error.message : `request finished: ${span.name} for ${String(span.attributes['app.tenant'])}`);
        writer.end(body);
        encodeAttributes(writer, 6, { event: 'request', tenantId: span.attributes['app.tenant'], durationMs: Math.round(span.duration) });
        if (span.error) encodeAttributes(writer, 6, { 'exception.type': span.error.type, 'exception.message': span.error.message });
        encodeHex(writer, 9, id);
        encodeHex(writer, 10, ids[i]!);
        writer.end(message);
      }
    }
    writer.end(scope);
    writer.end(resource);
    return { signal: 'logs', bytes: writer.take(), items };
  }
}

interface Trace {
  readonly id: string;
  readonly ids: readonly string[];
  readonly spans: readonly Plan[];
}

function resourceOf(service: string): Record<string, unknown> {
  return {
    'service.name': service,
    'service.namespace': 'shop',
    'service.version': '1.4.2',
    'service.instance.id': `${service}-1`,
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
    'host.name': 'laptop',
    'process.pid': 4711,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': '24.21.0',
  };
}

function encodeError(writer: ByteWriter, error: { readonly type: string; readonly message: string }, timeMs: number): void {
  const event = writer.begin(11, 2);
  writer.timeMs(1, timeMs);
  writer.string(2, 'exception');
  encodeAttribute(writer, 3, 'exception.type', error.type);
  encodeAttribute(writer, 3, 'exception.message', error.message);
  const stack = `${error.type}: ${error.message}\n    at charge (/app/payments/charge.js:41:11)\n    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)`;
  encodeAttribute(writer, 3, 'exception.stacktrace', stack);
  writer.end(event);
  const status = writer.begin(15);
  writer.string(2, error.message);
  writer.tag(3, 0);
  writer.varint(2);
  writer.end(status);
}
