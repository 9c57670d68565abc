/** Log records of the API -> bytes, by way of the processors where there are any. https://opentelemetry.io/docs/specs/otel/logs/sdk/ */
import { context as contextApi, diag } from '@opentelemetry/api';
import type { Context, LogRecord, Logger, LoggerOptions, LoggerProvider, SeverityNumber } from '@opentelemetry/api';
import type { LogRecordProcessor, ReadWriteLogRecord } from '@opentelemetry/sdk-logs';
import type { LogCounts } from './counts.ts';
import { guarded } from './guarded.ts';
import { LeanLogRecord } from './log-record.ts';
import type { LogHome } from './log-record.ts';
import type { Scope } from './scope.ts';
import { ScopeTable, scopeAttributes } from './scope.ts';
import { settleAll } from './settle-all.ts';

export interface LoggerProviderOptions extends LogHome {
  /** Does `finish` lead anywhere? Where it does not and no processor wants records, loggers say that they are not enabled. */
  readonly delivers: boolean;
  readonly counts: LogCounts;
  /** Delivers what was emitted; part of `forceFlush`, beside that of the processors. */
  readonly flush: () => Promise<unknown>;
}

export class LeanLoggerProvider implements LoggerProvider {
  readonly #options: LoggerProviderOptions;
  readonly #loggers: ScopeTable<Logger>;
  #shutdown = false;

  constructor(options: LoggerProviderOptions) {
    this.#options = options;
    this.#loggers = new ScopeTable((scope) => new LeanLogger(scope, options, () => this.#shutdown));
  }

  getLogger(name: string, version?: string, options?: LoggerOptions): Logger {
    if (!name) diag.warn('Logger requested without instrumentation scope name.');
    try {
      return this.#loggers.get(name, version, options?.schemaUrl, scopeAttributes(options?.attributes, this.#options.limits));
    } catch (error) {
      diag.error('The options of a logger could not be read', error);
      return this.#loggers.get(name, version, undefined);
    }
  }

  async forceFlush(): Promise<void> {
    const { flush, processors } = this.#options;
    await settleAll([flush, ...processors.map((processor) => () => processor.forceFlush())]);
  }

  /** Delivers what there is; what is emitted after it is not recorded. */
  async shutdown(): Promise<void> {
    if (this.#shutdown) return;
    this.#shutdown = true;
    const { flush, processors } = this.#options;
    await settleAll([flush, ...processors.map((processor) => () => processor.shutdown())]);
  }
}

class LeanLogger implements Logger {
  readonly #scope: Scope;
  readonly #options: LoggerProviderOptions;
  readonly #isShutDown: () => boolean;

  constructor(scope: Scope, options: LoggerProviderOptions, isShutDown: () => boolean) {
    this.#scope = scope;
    this.#options = options;
    this.#isShutDown = isShutDown;
  }

  emit(record: LogRecord): void {
    if (this.#isShutDown()) return;
    this.#options.counts.created++;
    try {
      this.#emit(record);
    } catch (error) {
      diag.error('A log record could not be read', error);
    }
  }

  #emit(record: LogRecord): void {
    const context = record.context ?? contextApi.active();
    const { processors, finish } = this.#options;
    const lean = new LeanLogRecord(this.#options, this.#scope, record, context);
    if (processors.length > 0) {
      for (const processor of processors) guarded(() => processor.onEmit(lean as never as ReadWriteLogRecord, context));
      lean.close();
    }
    if (lean.attributeList.dropped > 0) diag.warn(`Dropped ${lean.attributeList.dropped} attributes of a log record because of its limits`);
    finish(lean);
  }

  enabled(options?: { context?: Context; severityNumber?: SeverityNumber; eventName?: string }): boolean {
    if (this.#isShutDown()) return false;
    if (this.#options.delivers) return true;
    const asked = { ...options, context: options?.context ?? contextApi.active(), instrumentationScope: this.#scope };
    return this.#options.processors.some((processor) => wants(processor, asked));
  }
}

/** One that does not say, or fails to, gets the record. */
function wants(processor: LogRecordProcessor, asked: Parameters<NonNullable<LogRecordProcessor['enabled']>>[0]): boolean {
  try {
    return processor.enabled?.(asked) ?? true;
  } catch {
    return true;
  }
}
