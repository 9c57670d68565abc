/** Asks for spans -> recorded ones, or, when they are not sampled, ones that only hand their ids on. https://opentelemetry.io/docs/specs/otel/trace/sdk/ */
import { INVALID_SPAN_CONTEXT, SpanKind, TraceFlags, context as contextApi, diag, trace } from '@opentelemetry/api';
import type { Context, Span, SpanOptions, Tracer, TracerProvider } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { SpanCounts } from './counts.ts';
import { Identity, partsOfTrace, randomTrace, spanIn } from './ids.ts';
import type { Sample } from './sampling.ts';
import type { Scope } from './scope.ts';
import { FILL, isFilling } from './shared-attributes.ts';
import { ScopeTable } from './scope.ts';
import { settleAll } from './settle-all.ts';
import { LeanSpan, UnsampledSpan } from './span.ts';
import type { SpanHome } from './span.ts';
import { textOf } from './text.ts';

const { NONE } = TraceFlags;

export interface TracerProviderOptions extends SpanHome {
  readonly sample: Sample;
  readonly counts: SpanCounts;
  /** Delivers what has ended; part of `forceFlush`, beside that of the processors. */
  readonly flush: () => Promise<unknown>;
}

export class LeanTracerProvider implements TracerProvider {
  readonly #options: TracerProviderOptions;
  readonly #tracers: ScopeTable<Tracer>;
  #shutdown = false;

  constructor(options: TracerProviderOptions) {
    this.#options = options;
    this.#tracers = new ScopeTable((scope) => new LeanTracer(scope, options, () => this.#shutdown));
  }

  getTracer(name: string, version?: string, options?: { schemaUrl?: string }): Tracer {
    if (!name) diag.warn('Tracer requested without instrumentation scope name.');
    try {
      return this.#tracers.get(name, version, options?.schemaUrl);
    } catch (error) {
      diag.error('The options of a tracer could not be read', error);
      return this.#tracers.get(name, version, undefined);
    }
  }

  async forceFlush(): Promise<void> {
    const { flush, processors } = this.#options;
    await settleAll([flush, ...processors.map((processor) => () => processor.forceFlush())]);
  }

  /** Delivers what there is; spans begun after it are not recorded. */
  async shutdown(): Promise<void> {
    if (this.#shutdown) return;
    this.#shutdown = true;
    const { flush, processors } = this.#options;
    await settleAll([flush, ...processors.map((processor) => () => processor.shutdown())]);
  }
}

class LeanTracer implements Tracer {
  readonly #scope: Scope;
  readonly #options: TracerProviderOptions;
  readonly #isShutDown: () => boolean;
  /** No attributes of our own meet a limit. */
  readonly #isRoomy: boolean;

  constructor(scope: Scope, options: TracerProviderOptions, isShutDown: () => boolean) {
    this.#scope = scope;
    this.#options = options;
    this.#isShutDown = isShutDown;
    const { count, length } = options.limits.attributes;
    this.#isRoomy = count >= 128 && length === Infinity;
  }

  startSpan(name: string, options?: SpanOptions, context?: Context): Span {
    try {
      return this.#start(name, options, context ?? contextApi.active());
    } catch (error) {
      diag.error('The options or the context of a span could not be read', error);
      return this.#start(name, undefined, contextApi.active());
    }
  }

  #start(name: string, options: SpanOptions | undefined, context: Context): Span {
    if (isTracingSuppressed(context) || this.#isShutDown()) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    const parent = options?.root ? undefined : spanIn(context);
    const parts = parent === undefined ? randomTrace() : parent instanceof Identity ? parent : partsOfTrace(parent);
    const sampled = this.#options.sample(parts, parent?.traceFlags);
    this.#options.counts.start(parent, sampled);
    if (!sampled) return new UnsampledSpan(parts, NONE, parent?.traceState);
    const fills = this.#isRoomy && isFilling(options);
    const span = new LeanSpan(parts, parent, this.#scope, this.#options, {
      name: textOf(name),
      kind: kindOf(options?.kind),
      startTime: options?.startTime,
      attributes: fills ? undefined : options?.attributes,
      links: options?.links,
    });
    if (fills) options[FILL](span.attributeList);
    if (this.#options.processors.length > 0) span.announce(options?.root ? trace.deleteSpan(context) : context);
    return span;
  }

  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    ...rest: [F] | [SpanOptions, F] | [SpanOptions, Context, F]
  ): ReturnType<F> {
    const work = rest[rest.length - 1] as F;
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : undefined;
    const parentContext = (rest.length > 2 ? (rest[1] as Context | undefined) : undefined) ?? contextApi.active();
    const span = this.startSpan(name, options, parentContext);
    return contextApi.with(trace.setSpan(parentContext, span), work as never, undefined, span as never) as ReturnType<F>;
  }
}

function kindOf(kind: SpanKind | undefined): SpanKind {
  return kind !== undefined && kind >= SpanKind.INTERNAL && kind <= SpanKind.CONSUMER && Number.isInteger(kind) ? kind : SpanKind.INTERNAL;
}
