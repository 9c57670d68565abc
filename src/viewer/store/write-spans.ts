/** Span records -> rows of `span`, of its trace, of its error, and the columns of its segment. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SpanRecord } from '../../otlp/records.ts';
import { attributesJson } from './attribute-json.ts';
import { createSpanColumns } from './columns.ts';
import type { SpanColumns } from './columns.ts';
import { errorOfSpan } from './error-facts.ts';
import type { Interner } from './interner.ts';
import { clampNano, idBytes, lastFourBytes, msOf } from './numbers.ts';
import { peerOf } from './peer.ts';
import { SPANS } from './schema.ts';
import { SegmentWriter } from './segment-writer.ts';
import type { TraceWriter } from './trace-writer.ts';
import type { ErrorWriter } from './write-errors.ts';

const kinds: Readonly<Record<SpanRecord['kind'], number>> = { unspecified: 0, internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };
const statuses: Readonly<Record<SpanRecord['status']['code'], number>> = { unset: 0, ok: 1, error: 2 };

export class SpanWriter {
  readonly segments: SegmentWriter<SpanColumns>;
  readonly #interner: Interner;
  readonly #traces: TraceWriter;
  readonly #errors: ErrorWriter;
  readonly #add: StatementSync;
  readonly #setError: StatementSync;

  constructor(database: DatabaseSync, interner: Interner, traces: TraceWriter, errors: ErrorWriter, lastId: number) {
    this.#interner = interner;
    this.#traces = traces;
    this.#errors = errors;
    this.segments = new SegmentWriter(database, SPANS, lastId, createSpanColumns);
    this.#add = database.prepare('INSERT OR IGNORE INTO span VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?, ?)');
    this.#setError = database.prepare('UPDATE span SET error = ? WHERE id = ?');
  }

  /** False for a span that is there already: a sender that got no answer sends again. */
  write(span: SpanRecord): boolean {
    const resource = this.#interner.resource(span.resource);
    const trace = this.#traces.idOf(span.traceId);
    const id = this.segments.lastId + 1;
    const name = this.#interner.string(span.name);
    const peer = peerOf(span);
    const peerId = peer === undefined ? 0 : this.#interner.string(peer);
    const startNs = clampNano(span.startTimeUnixNano);
    const endNs = clampNano(span.endTimeUnixNano);
    const durationNs = endNs > startNs ? endNs - startNs : 0n;
    const kind = kinds[span.kind];
    const status = statuses[span.status.code];
    const spanId = idBytes(span.spanId);
    const parentId = span.parentSpanId === '' ? null : idBytes(span.parentSpanId);
    const attributes = attributesJson(span.attributes);
    const { changes } = this.#add.run(
      ...[id, trace, spanId, parentId, name, kind, resource.id, this.#interner.scope(span.scope), startNs, durationNs, status, peerId],
      ...[span.status.message || null, attributes, eventsJson(span), linksJson(span), extraJson(span)],
    );
    if (changes === 0) return false;

    const { columns, position } = this.segments;
    columns.startMs[position] = msOf(startNs);
    columns.durationMs[position] = msOf(durationNs);
    columns.trace[position] = trace;
    columns.resource[position] = resource.id;
    columns.name[position] = name;
    columns.peer[position] = peerId;
    columns.spanId[position] = lastFourBytes(spanId);
    columns.parentId[position] = parentId === null ? 0 : lastFourBytes(parentId);
    columns.kindStatus[position] = kind * 4 + status;
    this.segments.push(span.attributes, resource.id, resource.attributes);

    this.#traces.addSpan(span.traceId, {
      ...{ id, isRoot: parentId === null, name, service: resource.service, kind, isError: status === 2, startNs },
      ...{ endNs: startNs + durationNs, attributes: span.attributes },
    });
    const error = errorOfSpan(span);
    if (error !== undefined) {
      const place = { timeNs: startNs + durationNs, service: resource.service, source: SPANS, row: id, trace, spanId, name: span.name };
      this.#setError.run(this.#errors.write(error, place), id);
    }
    return true;
  }
}

function eventsJson({ events }: SpanRecord): string | null {
  if (events.length === 0) return null;
  const items = events.map(
    ({ name, timeUnixNano, attributes }) =>
      `{"name":${JSON.stringify(name)},"timeNano":"${timeUnixNano}","attributes":${attributesJson(attributes)}}`,
  );
  return `[${items.join(',')}]`;
}

function linksJson({ links }: SpanRecord): string | null {
  if (links.length === 0) return null;
  const items = links.map(
    ({ traceId, spanId, attributes }) => `{"traceId":"${traceId}","spanId":"${spanId}","attributes":${attributesJson(attributes)}}`,
  );
  return `[${items.join(',')}]`;
}

/** What few spans have. */
function extraJson(span: SpanRecord): string | null {
  const { traceState, droppedAttributesCount: attributes, droppedEventsCount: events, droppedLinksCount: links } = span;
  const dropped = attributes + events + links > 0 ? { attributes, events, links } : undefined;
  return traceState === '' && dropped === undefined ? null : JSON.stringify({ traceState: traceState || undefined, dropped });
}
