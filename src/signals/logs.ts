/** The logs configuration -> a logger provider of the stock SDK whose records leave through a pipeline of ours. */
import type { LogRecordLimits, LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { ConsoleLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { Resource } from '@opentelemetry/resources';
import type { LogsConfig } from '../config/types.ts';
import type { Pipeline } from '../export/pipeline.ts';
import type { LogCounts } from '../engine/counts.ts';
import { guarded } from '../engine/guarded.ts';
import { FLUSH_MS } from './signals.ts';

export function createLoggerProvider(
  config: LogsConfig,
  resource: Resource,
  pipeline: Pipeline<ReadableLogRecord> | undefined,
  added: readonly LogRecordProcessor[],
  counts: LogCounts,
): LoggerProvider {
  // Those of the app come first: they may change a record before it goes.
  const processors: LogRecordProcessor[] = [processorForEach(added, counts)];
  if (pipeline) processors.push(processorInto(pipeline));
  if (config.console) processors.push(new SimpleLogRecordProcessor({ exporter: new ConsoleLogRecordExporter() }));
  return new LoggerProvider({
    resource,
    logRecordLimits: Object.fromEntries(Object.entries(config.limits).filter(([, limit]) => limit !== undefined)) as LogRecordLimits,
    processors,
  });
}

function processorInto(pipeline: Pipeline<ReadableLogRecord>): LogRecordProcessor {
  return {
    onEmit(record) {
      pipeline.add(record);
    },
    async forceFlush() {
      await pipeline.flush(FLUSH_MS);
    },
    async shutdown() {},
  };
}

/** Those of the app, which may come when the provider is long made: each call goes to all there are by then. */
function processorForEach(added: readonly LogRecordProcessor[], counts: LogCounts): LogRecordProcessor {
  return {
    onEmit(record, context) {
      counts.created++;
      added.forEach((processor) => guarded(() => processor.onEmit(record, context)));
    },
    enabled: (options) => added.some((processor) => processor.enabled?.(options) ?? true),
    forceFlush: async () => void (await Promise.allSettled(added.map((processor) => processor.forceFlush()))),
    shutdown: async () => void (await Promise.allSettled(added.map((processor) => processor.shutdown()))),
  };
}
