/** Turns the server's event stream into signals: what arrives ticks `tick`, at most once in a while, unless the reader has paused. */
import { signal } from '@preact/signals';
import type { LiveEvents, Status } from '../../api.ts';
import { api } from './api.ts';

export type Connection = 'connecting' | 'open' | 'lost';

export const connection = signal<Connection>('connecting');
export const paused = signal(false);
/** Goes up when something has arrived and views may ask again. */
export const tick = signal(0);
/** What has arrived since it was paused. */
export const missed = signal(0);
export const counts = signal<Status['counts'] | undefined>(undefined);
export const status = signal<Status | undefined>(undefined);
/** Goes up when everything was deleted: views start anew. */
export const cleared = signal(0);
/** The time, moved on every few seconds, for distances from now. */
export const now = signal(Date.now());

/** Between two ticks. Views that ask need less than a tenth of it. */
const pauseMs = 1500;
const longestRetryMs = 10_000;

let due: ReturnType<typeof setTimeout> | undefined;
let lastTick = 0;

function announce(amount: number): void {
  if (paused.value) {
    missed.value += amount;
    return;
  }
  due ??= setTimeout(
    () => {
      due = undefined;
      lastTick = Date.now();
      if (paused.value || document.hidden) return;
      now.value = Date.now();
      tick.value++;
    },
    Math.max(0, lastTick + pauseMs - Date.now()),
  );
}

export function setPaused(value: boolean): void {
  paused.value = value;
  missed.value = 0;
  if (!value) announce(0);
}

/** Asks again at once. */
export function refresh(): void {
  now.value = Date.now();
  tick.value++;
  void readStatus();
}

/** Fails silently: the stream tells that the server is gone, and tries again. */
export async function readStatus(): Promise<void> {
  try {
    status.value = await api.status();
    counts.value = status.value.counts;
  } catch {
    // Told by the stream.
  }
}

/** Listens until the page is closed. A stream that breaks is opened again, later each time. */
export function startLive(): void {
  let retryMs = 500;
  const open = (): void => {
    const stream = new EventSource('/api/live?signals=traces,logs,metrics');
    const on = <K extends keyof LiveEvents>(name: K, act: (data: LiveEvents[K]) => void): void =>
      stream.addEventListener(name, (event) => act(JSON.parse((event as MessageEvent<string>).data) as LiveEvents[K]));
    stream.onopen = () => {
      retryMs = 500;
      const again = connection.value === 'lost';
      connection.value = 'open';
      void readStatus();
      if (again) announce(0);
    };
    stream.onerror = () => {
      stream.close();
      connection.value = 'lost';
      setTimeout(open, retryMs);
      retryMs = Math.min(retryMs * 2, longestRetryMs);
    };
    on('traces', ({ items, more }) => announce(items.length + more));
    on('logs', ({ items, more }) => announce(items.length + more));
    on('metrics', () => announce(0));
    on('counts', (data) => (counts.value = data));
    on('cleared', () => {
      cleared.value++;
      refresh();
    });
  };
  open();
  setInterval(() => {
    if (!paused.value) now.value = Date.now();
    if (!document.hidden && connection.value === 'open') void readStatus();
  }, 5000);
  document.addEventListener('visibilitychange', () => !document.hidden && announce(0));
}
