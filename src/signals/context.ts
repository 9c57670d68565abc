/** The context manager: AsyncLocalStorage, with the placeholders of quiet layers taken out so that the active span is always a real one. */
import { trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { realSpanOf } from './quiet-tracer.ts';

export class QuietContextManager extends AsyncLocalStorageContextManager {
  override with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return super.with(withRealSpan(context), fn, thisArg, ...args);
  }

  override bind<T>(context: Context, target: T): T {
    return super.bind(withRealSpan(context), target);
  }
}

function withRealSpan(context: Context): Context {
  const span = trace.getSpan(context);
  const real = span && realSpanOf(span);
  if (real === undefined) return context;
  return real === null ? trace.deleteSpan(context) : trace.setSpan(context, real);
}
