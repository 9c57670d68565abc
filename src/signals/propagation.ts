/** Propagator names -> one composite propagator. The rare formats are loaded only when named. */
import { createRequire } from 'node:module';
import type { TextMapPropagator } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import type { PropagatorName } from '../config/types.ts';

const require = createRequire(import.meta.url);

const b3 = (): typeof import('@opentelemetry/propagator-b3') =>
  require('@opentelemetry/propagator-b3') as typeof import('@opentelemetry/propagator-b3');

const propagators: Readonly<Record<PropagatorName, () => TextMapPropagator>> = {
  tracecontext: () => new W3CTraceContextPropagator(),
  baggage: () => new W3CBaggagePropagator(),
  b3: () => new (b3().B3Propagator)(),
  b3multi: () => new (b3().B3Propagator)({ injectEncoding: b3().B3InjectEncoding.MULTI_HEADER }),
  jaeger: () => new (require('@opentelemetry/propagator-jaeger') as typeof import('@opentelemetry/propagator-jaeger')).JaegerPropagator(),
  xray: () =>
    new (require('@opentelemetry/propagator-aws-xray') as typeof import('@opentelemetry/propagator-aws-xray')).AWSXRayPropagator(),
};

export function createPropagator(names: readonly PropagatorName[]): TextMapPropagator {
  return new CompositePropagator({ propagators: names.map((name) => propagators[name]()) });
}
