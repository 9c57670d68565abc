/** Signal providers -> the process-wide OpenTelemetry API. The only file that sets globals. */
import { context, diag, logs, metrics, propagation, trace } from '@opentelemetry/api';
import type {
  ContextManager,
  DiagLogger,
  DiagLogLevel,
  LoggerProvider,
  MeterProvider,
  TextMapPropagator,
  TracerProvider,
} from '@opentelemetry/api';

export interface Providers {
  readonly contextManager: ContextManager;
  readonly propagator: TextMapPropagator;
  readonly tracerProvider: TracerProvider | undefined;
  readonly meterProvider: MeterProvider | undefined;
  readonly loggerProvider: LoggerProvider | undefined;
}

export function registerDiagnostics(logger: DiagLogger, level: DiagLogLevel): void {
  diag.setLogger(logger, { logLevel: level, suppressOverrideMessage: true });
}

export function registerProviders(providers: Providers): void {
  context.setGlobalContextManager(providers.contextManager);
  propagation.setGlobalPropagator(providers.propagator);
  if (providers.tracerProvider) trace.setGlobalTracerProvider(providers.tracerProvider);
  if (providers.meterProvider) metrics.setGlobalMeterProvider(providers.meterProvider);
  if (providers.loggerProvider) {
    logs.setGlobalLoggerProvider(providers.loggerProvider);
    bridgeOldLogsApi(providers.loggerProvider);
  }
}

/**
 * `@opentelemetry/api-logs` (up to 0.223) keeps its own global, which nothing fills since logs moved into `@opentelemetry/api` 1.10: what still logs
 * through it, such as winston-transport 0.34, would be lost without a word.
 */
function bridgeOldLogsApi(provider: LoggerProvider): void {
  const key = Symbol.for('io.opentelemetry.js.api.logs');
  const globals = globalThis as Record<symbol, unknown>;
  globals[key] ??= (version: number) => (version === 1 ? provider : undefined);
}

/** Is some OpenTelemetry SDK registered in this process already? */
export function hasForeignSdk(): boolean {
  const registered = (globalThis as Record<symbol, unknown>)[Symbol.for('opentelemetry.js.api.1')] as Record<string, unknown> | undefined;
  return registered?.['trace'] !== undefined || registered?.['metrics'] !== undefined || registered?.['logs'] !== undefined;
}
