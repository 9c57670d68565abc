/** The context manager: AsyncLocalStorage, with the placeholders of quiet layers taken out so that the active span is always a real one. */
import { context as contextApi, trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { executionAsyncResource } from 'node:async_hooks';
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
  /**
   * From here on, for what runs now and all that it starts. The span in it must be a real one. Gives the place where it stays, for `leave`; undefined
   * where Node.js forgets by itself.
   */
  enter(context: Context): object | undefined;
  /** Forgets the context in a place, unless another has been entered there since. */
  leave(place: object | undefined, context: Context): void;
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
  // Up to Node.js 23 a context stays with the async resource in which it was entered: of an HTTP server, the connection's parser, where the next that
  // comes over the connection would still meet it. https://nodejs.org/api/async_context.html#asynclocalstorageenterwithstore
  const { kResourceStore: key } = storage as { readonly kResourceStore?: symbol };
  return {
    active: () => storage.getStore(),
    enter(context) {
      storage.enterWith(context);
      return key === undefined ? undefined : executionAsyncResource();
    },
    leave(place, context) {
      if (place === undefined || key === undefined) return;
      const stores = place as Record<symbol, unknown>;
      if (stores[key] === context) stores[key] = undefined;
    },
    run: (context, work, self, args) => storage.run(context, Reflect.apply, work, self, args),
  };
}
