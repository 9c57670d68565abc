/** The traces configuration -> a tracer provider of the stock SDK whose spans leave through a pipeline of ours. */
import { SamplingDecision, isSpanContextValid, trace } from '@opentelemetry/api';
import type { ReadableSpan, Sampler, SpanLimits, SpanProcessor } from '@opentelemetry/sdk-trace';
import { ConsoleSpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Resource } from '@opentelemetry/resources';
import type { TracesConfig } from '../config/types.ts';
import type { Pipeline } from '../export/pipeline.ts';
import type { SpanCounts } from '../engine/counts.ts';
import { guarded } from '../engine/guarded.ts';
import { createSampler } from './sampling.ts';
import { FLUSH_MS } from './signals.ts';

/** https://opentelemetry.io/docs/specs/otel/trace/api/#traceflags: only sampled spans are exported. */
const SAMPLED = 1;

export function createTracerProvider(
  config: TracesConfig,
  resource: Resource,
  pipeline: Pipeline<ReadableSpan> | undefined,
  added: readonly SpanProcessor[],
  counts: SpanCounts,
): TracerProvider {
  const spanProcessors: SpanProcessor[] = [processorForEach(added, counts)];
  if (pipeline) spanProcessors.push(processorInto(pipeline));
  if (config.console) spanProcessors.push(new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() }));
  return new TracerProvider({
    resource,
    sampler: countingSampler(createSampler(config.sampler), counts),
    // The SDK takes undefined for "no limit" only when the key is absent.
    spanLimits: Object.fromEntries(Object.entries(config.limits).filter(([, limit]) => limit !== undefined)) as SpanLimits,
    spanProcessors,
  });
}

function processorInto(pipeline: Pipeline<ReadableSpan>): SpanProcessor {
  return {
    onStart() {},
    onEnd(span) {
      if (span.spanContext().traceFlags & SAMPLED) pipeline.add(span);
    },
    async forceFlush() {
      await pipeline.flush(FLUSH_MS);
    },
    async shutdown() {},
  };
}

/** Every start of a span asks the sampler, and the provider's own way of counting costs a series each. */
function countingSampler(sampler: Sampler, counts: SpanCounts): Sampler {
  return {
    shouldSample(context, ...rest) {
      const result = sampler.shouldSample(context, ...rest);
      const parent = trace.getSpanContext(context);
      counts.start(parent && isSpanContextValid(parent) ? parent : undefined, result.decision === SamplingDecision.RECORD_AND_SAMPLED);
      return result;
    },
    toString: () => sampler.toString(),
  };
}

/** Those of the app, which may come when the provider is long made: each call goes to all there are by then. */
function processorForEach(added: readonly SpanProcessor[], counts: SpanCounts): SpanProcessor {
  return {
    onStart: (span, parentContext) => added.forEach((processor) => guarded(() => processor.onStart(span, parentContext))),
    onEnding: (span) => added.forEach((processor) => guarded(() => processor.onEnding?.(span))),
    onEnd(span) {
      counts.ended++;
      added.forEach((processor) => guarded(() => processor.onEnd(span)));
    },
    forceFlush: async () => void (await Promise.allSettled(added.map((processor) => processor.forceFlush()))),
    shutdown: async () => void (await Promise.allSettled(added.map((processor) => processor.shutdown()))),
  };
}
