/**
 * An exception that nobody caught -> a log record with its type, message and stack: fatal, or an error where the app handles such exceptions and lives on.
 * Upstream's instrumentation of Node.js has the same option, captureUncaughtException.
 */
import { SeverityNumber, logs } from '@opentelemetry/api';

const SCOPE = 'otelier/runtime';

/** Takes hold at once: what fails first is often the start. */
export function logUncaught(): void {
  process.on('uncaughtExceptionMonitor', (exception) => {
    const isHandled = process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback();
    const severityNumber = isHandled ? SeverityNumber.ERROR : SeverityNumber.FATAL;
    logs.getLogger(SCOPE).emit({ body: 'exception', exception, severityNumber });
  });
}
