/** The context manager: AsyncLocalStorage, with the placeholders of quiet layers taken out so that the active span is always a real one. */
import { context as contextApi, trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import type { AsyncLocalStorage } from 'node:async_hooks';
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

/** The active context, changed without a callback of its own: what the request path needs and the API does not have. */
export interface ContextSwitch {
  /** Undefined where none was set. */
  active(): Context | undefined;
  /** From here on, for what runs now and all that it starts. The span in it must be a real one. */
  enter(context: Context): void;
  /** Calls `work` in the context: no closure, no copy of the arguments. */
  run(context: Context, work: Function, self: unknown, args: ArrayLike<unknown>): unknown;
}

/** Of the context manager that is registered now, which may be the SDK's own (`OTEL_CONFIG_FILE`). Undefined: of one that is not AsyncLocalStorage. */
export function createContextSwitch(): ContextSwitch | undefined {
  const { _getContextManager: managerOf } = contextApi as unknown as {
    _getContextManager(): { readonly _asyncLocalStorage?: AsyncLocalStorage<Context> };
  };
  const storage = managerOf.call(contextApi)._asyncLocalStorage;
  if (storage === undefined) return undefined;
  return {
    active: () => storage.getStore(),
    enter: (context) => storage.enterWith(context),
    run: (context, work, self, args) => storage.run(context, Reflect.apply, work, self, args),
  };
}
