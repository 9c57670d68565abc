/** Log records of the API -> bytes, by way of the processors where there are any. https://opentelemetry.io/docs/specs/otel/logs/sdk/ */
import { context, diag } from '@opentelemetry/api';
import type { Context, LogRecord, Logger, LoggerProvider, SeverityNumber } from '@opentelemetry/api';
import type { ReadWriteLogRecord } from '@opentelemetry/sdk-logs';
import { LeanLogRecord } from './log-record.ts';
import type { LogHome } from './log-record.ts';
import type { Scope } from './scope.ts';
import { ScopeTable } from './scope.ts';

/** In the bundle an import of a package is a getter: what is needed for each record is read once. */
const contextApi = context;

export interface LoggerProviderOptions extends LogHome {
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

  getLogger(name: string, version?: string, options?: { schemaUrl?: string }): Logger {
    if (!name) diag.warn('Logger requested without instrumentation scope name.');
    return this.#loggers.get(name || 'unknown', version, options?.schemaUrl);
  }

  async forceFlush(): Promise<void> {
    await Promise.allSettled([this.#options.flush(), ...this.#options.processors.map((processor) => processor.forceFlush())]);
  }

  /** Delivers what there is; what is emitted after it is not recorded. */
  async shutdown(): Promise<void> {
    if (this.#shutdown) return;
    this.#shutdown = true;
    await this.#options.flush();
    await Promise.allSettled(this.#options.processors.map((processor) => processor.shutdown()));
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
    const recordContext = record.context ?? contextApi.active();
    const { processors, finish } = this.#options;
    const lean = new LeanLogRecord(this.#options, this.#scope, record, recordContext);
    for (const processor of processors) {
      try {
        processor.onEmit(lean as never as ReadWriteLogRecord, recordContext);
      } catch (error) {
        diag.error('A log record processor threw', error);
      }
    }
    lean.close();
    finish(lean);
  }

  enabled(_options?: { context?: Context; severityNumber?: SeverityNumber; eventName?: string }): boolean {
    return !this.#isShutDown();
  }
}
