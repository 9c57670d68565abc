/** Finds spans of a trace by their name, service, id, status message, attributes and events. Case does not matter; all words must be there. */
import type { Span } from '../../api.ts';
import { formatValue } from '../format/value.ts';

export function findSpans(spans: readonly Span[], words: string): ReadonlySet<string> {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return new Set();
  return new Set(spans.filter((span) => matches(span, wanted)).map(({ spanId }) => spanId));
}

function matches(span: Span, wanted: readonly string[]): boolean {
  const text = [
    span.name,
    span.service,
    span.spanId,
    span.kind,
    span.status.code,
    span.status.message ?? '',
    ...Object.entries(span.attributes).map(([key, value]) => `${key}=${formatValue(value)}`),
    ...span.events.map(({ name, attributes }) => `${name} ${JSON.stringify(attributes)}`),
  ]
    .join('\n')
    .toLowerCase();
  return wanted.every((word) => text.includes(word));
}
