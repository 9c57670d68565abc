/**
 * What the person at the terminal hears about delivery: one line when an endpoint starts failing, one when it is back, with counts; silence in between.
 * Endpoints are told apart by origin, so three signals to one collector make one line.
 */
import type { OtlpTarget } from '../config/types.ts';
import type { Outcome, Signal } from './transport.ts';

export interface ReporterOutput {
  warn(line: string): void;
  info(line: string): void;
}

export interface Reporter {
  failed(target: OtlpTarget, signal: Signal, outcome: Outcome & { ok: false }): void;
  delivered(target: OtlpTarget): void;
  dropped(target: OtlpTarget, signal: Signal, count: number, reason: 'queue_full' | 'rejected'): void;
  /** The other side took a request but refused some of its items, or sent a warning with it. */
  partial(target: OtlpTarget, signal: Signal, rejected: number, message: string): void;
  /** Items with a value that no serializer takes were left out of a request. */
  unfit(signal: Signal): void;
  /** The process ends and these were not delivered. */
  lost(target: OtlpTarget, counts: Readonly<Record<Signal, number>>, reason: string): void;
}

const ITEMS: Readonly<Record<Signal, string>> = { traces: 'spans', metrics: 'metric exports', logs: 'log records' };

interface Trouble {
  readonly since: number;
  readonly dropped: Record<Signal, number>;
}

export function createReporter(output: ReporterOutput): Reporter {
  const troubles = new Map<string, Trouble>();
  const refusals = new Set<string>();
  const full = new Set<string>();
  // Dropped while nobody knew yet that the endpoint is away: the first failure takes these along.
  const droppedBefore = new Map<string, Record<Signal, number>>();

  return {
    failed(target, signal, outcome) {
      const origin = originOf(target);
      if (!outcome.retryable) {
        // Another signal of the same collector may work: said once per signal and reason, not as an outage.
        const key = `${signal} ${origin} ${outcome.reason.slice(0, 60)}`;
        if (refusals.has(key) || refusals.size > 50) return;
        refusals.add(key);
        output.warn(`${origin} refuses ${ITEMS[signal]}: ${outcome.reason}. They are dropped. ${adviceFor(target, outcome.reason)}`);
        return;
      }
      if (troubles.has(origin)) return;
      troubles.set(origin, { since: Date.now(), dropped: droppedBefore.get(origin) ?? { traces: 0, metrics: 0, logs: 0 } });
      droppedBefore.delete(origin);
      output.warn(
        `cannot deliver to ${origin}: ${outcome.reason}. Keeping what fits in memory and trying again; the app is not affected. ${adviceFor(target, outcome.reason)}`,
      );
    },
    delivered(target) {
      const origin = originOf(target);
      const trouble = troubles.get(origin);
      droppedBefore.delete(origin);
      if (!trouble) return;
      troubles.delete(origin);
      full.clear();
      const lost = describeCounts(trouble.dropped);
      output.info(
        `delivering to ${origin} again after ${Math.round((Date.now() - trouble.since) / 1000)} s; ${lost === '' ? 'nothing was lost' : `lost meanwhile: ${lost}`}.`,
      );
    },
    dropped(target, signal, count, reason) {
      const origin = originOf(target);
      let dropped = troubles.get(origin)?.dropped ?? droppedBefore.get(origin);
      if (!dropped) droppedBefore.set(origin, (dropped = { traces: 0, metrics: 0, logs: 0 }));
      dropped[signal] += count;
      if (reason === 'queue_full' && signal !== 'metrics' && !full.has(signal)) {
        full.add(signal);
        const variable = signal === 'logs' ? 'OTEL_BLRP_MAX_QUEUE_SIZE' : 'OTEL_BSP_MAX_QUEUE_SIZE';
        output.warn(
          `the queue of ${ITEMS[signal]} is full; further ones are dropped and counted until there is room. Raise ${variable} if this happens with a healthy collector.`,
        );
      }
    },
    partial(target, signal, rejected, message) {
      const key = `${signal} ${message.slice(0, 60)}`;
      if (refusals.has(key) || refusals.size > 50) return;
      refusals.add(key);
      output.warn(`${originOf(target)} rejected ${rejected} ${ITEMS[signal]}${message ? `: ${message.slice(0, 200)}` : ''}.`);
    },
    unfit(signal) {
      if (refusals.has(signal)) return;
      refusals.add(signal);
      output.warn(
        `some ${ITEMS[signal]} hold a value that cannot be serialized, such as one that contains itself, and are dropped; the others are sent. Record plain values.`,
      );
    },
    lost(target, counts, reason) {
      output.warn(
        `the process ends with ${describeCounts(counts)} not delivered to ${originOf(target)}: ${reason}. ${adviceFor(target, reason)}`,
      );
    },
  };
}

function describeCounts(counts: Readonly<Record<Signal, number>>): string {
  return (Object.keys(counts) as Signal[])
    .filter((signal) => counts[signal] > 0)
    .map((signal) => `${counts[signal]} ${counts[signal] === 1 ? ITEMS[signal].slice(0, -1) : ITEMS[signal]}`)
    .join(', ');
}

/** Scheme, host and port: no path, no credentials. */
function originOf(target: OtlpTarget): string {
  return new URL(target.url).origin;
}

function adviceFor(target: OtlpTarget, reason: string): string {
  if (/HTTP 40[13]|UNAUTHENTICATED|PERMISSION/.test(reason)) return 'Check the credentials in OTEL_EXPORTER_OTLP_HEADERS.';
  if (/HTTP 404/.test(reason)) return 'Check the path: OTEL_EXPORTER_OTLP_ENDPOINT is the base URL, /v1/traces and so on are added to it.';
  if (/OTLP|HTTP of the expected|not support|HPE_|HTTP 4|Protocol/.test(reason))
    return `Check that the port speaks ${target.protocol} (OTEL_EXPORTER_OTLP_PROTOCOL).`;
  if (/certificate|self.signed|SSL|TLS/i.test(reason)) return 'Check OTEL_EXPORTER_OTLP_CERTIFICATE.';
  return 'Start a collector there, set OTEL_EXPORTER_OTLP_ENDPOINT, or set OTEL_SDK_DISABLED=true.';
}
