/** Turns Unix milliseconds into clock times, dates and distances from now, in the reader's time zone. */

const two = (value: number): string => String(value).padStart(2, '0');

/** 14:03:27.123 */
export function formatClock(ms: number): string {
  const date = new Date(ms);
  return `${formatClockSeconds(ms)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** 14:03:27 */
export function formatClockSeconds(ms: number): string {
  const date = new Date(ms);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** 2026-11-21 */
export function formatDate(ms: number): string {
  const date = new Date(ms);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** At an axis of time: 14:03:27, and midnight as its date. */
export function formatTimeTick(ms: number): string {
  const clock = formatClockSeconds(ms);
  return clock === '00:00:00' ? formatDate(ms) : clock;
}

/** 14:03:27.123 of the day of `now`, 11-17 14:03:27 of another. */
export function formatMoment(ms: number, now: number): string {
  const day = formatDate(ms);
  return day === formatDate(now) ? formatClock(ms) : `${day.slice(-5)} ${formatClockSeconds(ms)}`;
}

/** 2026-11-21 14:03:27.123 +01:00 */
export function formatAbsolute(ms: number): string {
  const offset = -new Date(ms).getTimezoneOffset();
  const size = Math.abs(offset);
  return `${formatDate(ms)} ${formatClock(ms)} ${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** now, 12s ago, 5m ago, 3h ago, 2d ago */
export function formatAgo(ms: number, now: number): string {
  const seconds = Math.round((now - ms) / 1000);
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${seconds}s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h ago`;
  return `${Math.floor(seconds / 86_400)}d ago`;
}
