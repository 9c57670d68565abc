/** A store in a folder of its own, written to and read in this process: what the threads do, without the threads. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Reader } from '../../src/viewer/query/reader.ts';
import { openForReading, openForWriting } from '../../src/viewer/store/database.ts';
import type { Limits } from '../../src/viewer/store/evict.ts';
import { nanoOf } from '../../src/viewer/store/numbers.ts';
import { DATABASE_FILE } from '../../src/viewer/store/schema.ts';
import { Writer } from '../../src/viewer/store/writer.ts';
import type { Ingest } from '../../src/viewer/store/writer.ts';

export const unlimited: Limits = { bytes: 2 ** 40, ageMs: 2 ** 40 };

export interface TestStore {
  readonly folder: string;
  readonly writer: Writer;
  readonly reader: Reader;
  /** One transaction. */
  take(...requests: readonly Ingest[]): void;
  /** OTLP/JSON, one transaction. */
  takeJson(signal: Ingest['signal'], body: object): void;
  [Symbol.dispose](): void;
}

export function createTestStore(limits: Limits = unlimited, folder?: string): TestStore {
  const own = folder ?? mkdtempSync(join(tmpdir(), 'otelier-test-store-'));
  const path = join(own, DATABASE_FILE);
  const database = openForWriting(path, true);
  const writer = new Writer(database, limits);
  const reading = openForReading(path);
  const take = (...requests: readonly Ingest[]): void => {
    for (const request of requests) writer.take(request, Date.now());
    writer.commit(Date.now());
  };
  return {
    folder: own,
    writer,
    reader: new Reader(reading),
    take,
    takeJson: (signal, body) => take({ signal, encoding: 'json', bytes: Buffer.from(JSON.stringify(body)) }),
    [Symbol.dispose]() {
      reading.close();
      database.close();
      if (folder === undefined) rmSync(own, { recursive: true, force: true });
    },
  };
}

type Plain = Readonly<Record<string, unknown>>;

/** OTLP's form of attributes. */
export function keyValues(attributes: Plain): readonly object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: unknown): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return {};
}

export interface TestSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  /** As OTLP numbers it: 2 server, 3 client. */
  readonly kind?: number;
  readonly startMs: number;
  readonly durationMs?: number;
  readonly attributes?: Plain;
  readonly status?: number;
  readonly message?: string;
  readonly events?: readonly { readonly name: string; readonly attributes: Plain }[];
}

const nano = (ms: number): string => String(nanoOf(ms));

export function tracesBody(service: string, spans: readonly TestSpan[]): object {
  const encoded = spans.map((span) => ({
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    name: span.name ?? 'work',
    kind: span.kind ?? 2,
    startTimeUnixNano: nano(span.startMs),
    endTimeUnixNano: nano(span.startMs + (span.durationMs ?? 10)),
    attributes: keyValues(span.attributes ?? {}),
    events: (span.events ?? []).map(({ name, attributes }) => ({
      name,
      timeUnixNano: nano(span.startMs),
      attributes: keyValues(attributes),
    })),
    status: { code: span.status ?? 0, ...(span.message === undefined ? {} : { message: span.message }) },
  }));
  return { resourceSpans: [{ resource: resource(service), scopeSpans: [{ scope: { name: 'test' }, spans: encoded }] }] };
}

export interface TestLog {
  readonly timeMs: number;
  readonly body: string;
  readonly severity?: number;
  readonly attributes?: Plain;
  readonly traceId?: string;
  readonly spanId?: string;
}

export function logsBody(service: string, logs: readonly TestLog[]): object {
  const encoded = logs.map(({ timeMs, body, severity = 9, attributes = {}, ...ids }) => ({
    timeUnixNano: nano(timeMs),
    severityNumber: severity,
    body: { stringValue: body },
    attributes: keyValues(attributes),
    ...ids,
  }));
  return { resourceLogs: [{ resource: resource(service), scopeLogs: [{ scope: { name: 'test' }, logRecords: encoded }] }] };
}

export function metricsBody(service: string, metrics: readonly object[]): object {
  return { resourceMetrics: [{ resource: resource(service), scopeMetrics: [{ scope: { name: 'test' }, metrics }] }] };
}

function resource(service: string): object {
  return { attributes: keyValues({ 'service.name': service, 'service.instance.id': `${service}-1` }) };
}

export const hex = (number: number, bytes: number): string => number.toString(16).padStart(bytes * 2, '0');
export { nano };
