/** A span -> what one line says of it: its mark, its name, its status, and where it went. */

import type { SpanRecord } from '../../../src/otlp/records.ts';
import type { Colour, Piece } from './text.ts';
import { flatten, cut } from './text.ts';
import { textOf, numberOf } from './values.ts';

export function serviceOf(span: { readonly resource: SpanRecord['resource'] }): string {
  return textOf(span.resource.attributes, 'service.name') ?? '(no service.name)';
}

export function httpStatusOf(span: SpanRecord): number | undefined {
  return numberOf(span.attributes, 'http.response.status_code', 'http.status_code');
}

export function isDatabase(span: SpanRecord): boolean {
  return textOf(span.attributes, 'db.system.name', 'db.system') !== undefined;
}

/** A statement sent to a database; not the wait for a connection. */
export function isQuery(span: SpanRecord): boolean {
  return isDatabase(span) && textOf(span.attributes, 'db.query.text', 'db.statement', 'db.operation.name') !== undefined;
}

/** `✖` the span says error, `▲` it answered 4xx (which is no error of the server), `●` all else. */
export function spanMark(span: SpanRecord): Piece {
  if (span.status.code === 'error' || (httpStatusOf(span) ?? 0) >= 500) return { text: '✖', colour: 'red' };
  if ((httpStatusOf(span) ?? 0) >= 400) return { text: '▲', colour: 'yellow' };
  return { text: '●', colour: 'green' };
}

/** The name, then what tells most about this kind of span: a server's status and service, a client's target, a query's text. */
export function spanPieces(span: SpanRecord, serviceColour: Colour): readonly Piece[] {
  const status = httpStatusOf(span);
  const pieces: Piece[] = [{ text: flatten(span.name), colour: span.kind === 'server' ? 'bold' : undefined }];
  if (span.kind === 'server' || span.kind === 'client') {
    const route = textOf(span.attributes, 'http.route') ?? textOf(span.attributes, 'url.path');
    if (span.kind === 'server' && route !== undefined && !span.name.includes(route)) pieces.push({ text: ` ${route}` });
    if (status !== undefined) pieces.push({ text: ` ${status}`, colour: status >= 400 ? spanMark(span).colour : undefined });
  }
  if (span.kind === 'server') pieces.push({ text: `  ${serviceOf(span)}`, colour: serviceColour });
  const detail = detailOf(span);
  if (detail !== undefined) pieces.push({ text: `  ${detail}`, colour: 'dim' });
  if (span.status.message !== '') pieces.push({ text: `  ${flatten(span.status.message)}`, colour: 'red' });
  return pieces;
}

function detailOf(span: SpanRecord): string | undefined {
  const { attributes } = span;
  if (isDatabase(span)) {
    const sql = textOf(attributes, 'db.query.text', 'db.statement');
    const system = textOf(attributes, 'db.system.name', 'db.system');
    return sql === undefined || span.name.includes(sql) ? system : cut(sql, 200);
  }
  if (span.kind === 'client') {
    const address = textOf(attributes, 'server.address', 'net.peer.name');
    return (
      textOf(attributes, 'url.full', 'http.url') ?? (address && [address, textOf(attributes, 'server.port')].filter(Boolean).join(':'))
    );
  }
  return undefined;
}
