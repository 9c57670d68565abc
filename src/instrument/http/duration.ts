/** The histogram of durations, of requests that come or that go: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
import { ValueType } from '@opentelemetry/api';
import type { Histogram, Meter } from '@opentelemetry/api';

/** Seconds. */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

export function createDuration(meter: Meter, side: 'server' | 'client'): Histogram {
  return meter.createHistogram(`http.${side}.request.duration`, {
    description: `Duration of HTTP ${side} requests.`,
    unit: 's',
    valueType: ValueType.DOUBLE,
    advice: { explicitBucketBoundaries: BOUNDARIES },
  });
}
