/** Spans -> a small drawing of each trace, to compare with one written down in a test. */
import type { SpanRecord } from '../../src/testing.ts';

/**
 * One line per span, `kind name`, children in the order of their start below their parent:
 * ```
 * client GET
 * └─ server GET /users/:id
 * ```
 * Several traces follow each other; a span whose parent did not arrive stands as a root and says so.
 */
export function drawTraces(spans: readonly SpanRecord[]): string {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const byStart = [...spans].sort((a, b) => Number(a.startTimeUnixNano - b.startTimeUnixNano));
  const lines: string[] = [];
  const draw = (span: SpanRecord, first: string, rest: string, note: string): void => {
    lines.push(`${first}${span.kind} ${span.name}${note}`);
    const children = byStart.filter(({ parentSpanId, traceId }) => parentSpanId === span.spanId && traceId === span.traceId);
    children.forEach((child, index) => {
      const last = index === children.length - 1;
      draw(child, `${rest}${last ? '└─ ' : '├─ '}`, `${rest}${last ? '   ' : '│  '}`, '');
    });
  };
  for (const span of byStart) {
    if (span.parentSpanId === '') draw(span, '', '', '');
    else if (!ids.has(span.parentSpanId)) draw(span, '', '', ' (parent did not arrive)');
  }
  return lines.join('\n');
}
