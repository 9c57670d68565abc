/** Log records and finished traces -> one line each. */
import type { Log, Severity, TraceSummary } from '../../viewer/api.ts';
import { plain } from '../paint.ts';
import type { Colour, Paint } from '../paint.ts';

const severityColours: Readonly<Record<Severity, Colour>> = {
  trace: 'grey',
  debug: 'grey',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
};

export function formatLog(log: Log, paint: Paint): string {
  const attributes = Object.entries(log.attributes)
    .filter(([key]) => !key.startsWith('exception.stack'))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  const trace = log.traceId === '' ? '' : `  ${log.traceId.slice(0, 8)}`;
  return [
    paint(timeOf(log.timeMs), 'grey'),
    paint(log.severity.toUpperCase().padEnd(5), severityColours[log.severity]),
    paint(plain(log.service), 'cyan'),
    plain(log.body),
    paint(`${plain(attributes)}${trace}`, 'grey'),
  ].join(' ');
}

export function formatTrace(trace: TraceSummary, paint: Paint): string {
  const { httpStatus, errorCount, spanCount } = trace;
  const failed = errorCount > 0;
  const status = httpStatus === undefined ? (failed ? 'failed' : 'ok') : String(httpStatus);
  return [
    paint(timeOf(trace.startMs), 'grey'),
    paint('TRACE', 'magenta'),
    paint(plain(trace.service), 'cyan'),
    plain(trace.name),
    paint(status, failed ? 'red' : 'green'),
    formatDuration(trace.durationMs),
    paint(
      `${spanCount} ${spanCount === 1 ? 'span' : 'spans'}${failed ? `, ${errorCount} failed` : ''}  ${trace.traceId.slice(0, 8)}`,
      'grey',
    ),
  ].join(' ');
}

function timeOf(timeMs: number): string {
  const date = new Date(timeMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function formatDuration(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1000)}µs`;
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)}ms` : `${(ms / 1000).toFixed(2)}s`;
}
