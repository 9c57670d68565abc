/** The numbers that stand in columns, and the words of the API. */
import type { Severity, SpanKind, StatusCode } from '../api.ts';

const kindNames: readonly SpanKind[] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];
const statusNames: readonly StatusCode[] = ['unset', 'ok', 'error'];
const severityNames: readonly Severity[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

export const SERVER = 2;
export const CLIENT = 3;
export const PRODUCER = 4;
export const CONSUMER = 5;
export const ERROR = 2;

export function kindName(code: number): SpanKind {
  return kindNames[code] ?? 'internal';
}

export function kindCodes(name: SpanKind): readonly number[] {
  return kindNames.flatMap((kind, code) => (kind === name ? [code] : []));
}

export function statusName(code: number): StatusCode {
  return statusNames[code] ?? 'unset';
}

export function statusCode(name: StatusCode): number {
  return statusNames.indexOf(name);
}

/** OpenTelemetry's numbers 1 to 24: four to a name. */
export function severityName(number: number): Severity {
  return severityNames[Math.min(Math.max(Math.floor((number - 1) / 4), 0), 5)] ?? 'info';
}

/** The least number that has the name. */
export function severityFloor(name: Severity): number {
  return severityNames.indexOf(name) * 4 + 1;
}
