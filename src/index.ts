/** The public API: for apps that want a hand on the running otelier. Apps that want spans or metrics of their own use `@opentelemetry/api`. */
import type { LogRecordProcessor, SpanProcessor } from './processors.ts';
import type { Handle } from './start.ts';

export type { EmittedLogRecord, EndedSpan, LogRecordProcessor, SpanProcessor } from './processors.ts';

/**
 * Delivers everything recorded so far: for serverless handlers and scripts that end abruptly.
 * Resolves when delivered or after `timeoutMs` milliseconds (default 10,000); never rejects. Does nothing when otelier is not started.
 */
export async function flush(timeoutMs?: number): Promise<void> {
  await running()?.flush(timeoutMs);
}

/** Is otelier started in this thread? */
export function isStarted(): boolean {
  return running() !== undefined;
}

/**
 * Adds a span processor, one of the stock SDK or your own, beside the export of otelier; what it does to a span is exported too.
 * False when otelier is not started, records no traces, or runs from `OTEL_CONFIG_FILE`, which then names the processors.
 */
export function addSpanProcessor(processor: SpanProcessor): boolean {
  return running()?.processors?.span.push(processor as never) !== undefined;
}

/** The same for log records. */
export function addLogRecordProcessor(processor: LogRecordProcessor): boolean {
  return running()?.processors?.log.push(processor as never) !== undefined;
}

function running(): Handle | undefined {
  return (globalThis as Record<symbol, unknown>)[Symbol.for('otelier')] as Handle | undefined;
}
