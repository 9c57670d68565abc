/** The time of day with parts of a millisecond, and what an app may give as a time. https://opentelemetry.io/docs/specs/otel/trace/api/#time */
import type { HrTime, TimeInput } from '@opentelemetry/api';

/** A point in time: milliseconds since 1970 with a fraction, or, where an app gave it so, exact seconds and nanoseconds. */
export type Moment = number | HrTime;

/** A difference beyond this between our clock and the machine's means that the machine slept or was set: ours is set anew. */
const STEP_MS = 20;

// Not read before the first span: in many processes nothing else loads `performance`, which takes a tenth of a start.
let offset: number | undefined;

/** Milliseconds since 1970 for a reading of `performance.now()` taken just now. */
export function epochAt(reading: number): number {
  offset ??= performance.timeOrigin;
  const now = reading + offset;
  const machine = Date.now();
  if (now - machine > STEP_MS || machine - now > STEP_MS) {
    offset = machine - reading;
    return machine;
  }
  return now;
}

/** Milliseconds since 1970. */
export function nowMs(): number {
  return epochAt(performance.now());
}

/** An app's time; undefined when there is none that makes sense. Numbers up to `performance.now()` are readings of that clock, `readingsFrom` its zero. */
export function momentOf(input: TimeInput | undefined, readingsFrom: number): Moment | undefined {
  if (typeof input === 'number') {
    if (!Number.isFinite(input)) return undefined;
    return input <= performance.now() ? input + readingsFrom : input;
  }
  try {
    if (!(input instanceof Date)) return isHrTime(input) ? input : undefined;
    const ms = input.getTime();
    return Number.isNaN(ms) ? undefined : ms;
  } catch {
    return undefined; // A proxy can refuse anything.
  }
}

export function isTimeInput(input: unknown): input is TimeInput {
  if (typeof input === 'number') return true;
  if (typeof input !== 'object' || input === null) return false;
  try {
    return input instanceof Date || isHrTime(input);
  } catch {
    return false;
  }
}

export function isHrTime(input: unknown): input is HrTime {
  return Array.isArray(input) && input.length === 2 && Number.isFinite(input[0]) && Number.isFinite(input[1]);
}

export function toHrTime(moment: Moment): HrTime {
  if (typeof moment !== 'number') return moment;
  const seconds = Math.floor(moment / 1000);
  return [seconds, Math.round((moment - seconds * 1000) * 1e6)];
}

/** `to` less `from`. */
export function durationBetween(from: Moment, to: Moment): HrTime {
  const [fromSeconds, fromNanos] = toHrTime(from);
  const [toSeconds, toNanos] = toHrTime(to);
  const nanos = toNanos - fromNanos;
  return nanos < 0 ? [toSeconds - fromSeconds - 1, nanos + 1e9] : [toSeconds - fromSeconds, nanos];
}
