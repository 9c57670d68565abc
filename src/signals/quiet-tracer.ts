/**
 * The tracer that quiet mode gives to instrumentations of inner layers (middleware, ORMs, pools): their side effects stay, their spans do not. A span it
 * hands out stands for its parent: it records only exceptions, on the parent, and never becomes the active span.
 */
import { INVALID_SPAN_CONTEXT, context as contextApi, trace } from '@opentelemetry/api';
import type { Context, Span, SpanContext, SpanOptions, Tracer, TracerProvider } from '@opentelemetry/api';

class PlaceholderSpan implements Span {
  readonly #parent: Span | undefined;
  constructor(parent: Span | undefined) {
    this.#parent = parent;
  }
  get parent(): Span | undefined {
    return this.#parent;
  }
  spanContext(): SpanContext {
    return this.#parent?.spanContext() ?? INVALID_SPAN_CONTEXT;
  }
  isRecording(): boolean {
    return false;
  }
  recordException(...[exception, time]: Parameters<Span['recordException']>): void {
    if (!this.#parent?.isRecording()) return;
    // The same error passes every layer on its way out; it is told once.
    if (typeof exception === 'object') {
      if (told.has(exception)) return;
      told.add(exception);
    }
    this.#parent.recordException(exception, time);
  }
  setAttribute(): this {
    return this;
  }
  setAttributes(): this {
    return this;
  }
  addEvent(): this {
    return this;
  }
  addLink(): this {
    return this;
  }
  addLinks(): this {
    return this;
  }
  setStatus(): this {
    return this;
  }
  updateName(): this {
    return this;
  }
  end(): void {}
}

const told = new WeakSet<object>();

/** The span a placeholder stands for, null when it stands for none; undefined when `span` is a real span itself. */
export function realSpanOf(span: Span): Span | null | undefined {
  return span instanceof PlaceholderSpan ? (span.parent ?? null) : undefined;
}

const quietTracer: Tracer = {
  startSpan(_name: string, _options?: SpanOptions, context: Context = contextApi.active()): Span {
    const parent = trace.getSpan(context);
    return new PlaceholderSpan(parent instanceof PlaceholderSpan ? parent.parent : parent);
  },
  startActiveSpan(name: string, ...rest: unknown[]): unknown {
    const work = rest.pop() as (span: Span) => unknown;
    const [options, context] = rest as [SpanOptions?, Context?];
    const span = this.startSpan(name, options, context);
    return context ? contextApi.with(context, work, undefined, span) : work(span);
  },
} as Tracer;

export const quietTracerProvider: TracerProvider = { getTracer: () => quietTracer };
