/**
 * A class of the HTTP library -> the same, whose events run in the context of their exchange: body chunks come with a later read of the socket, `finish`
 * and `close` from wherever the last write was. Defined once on the prototype, so that no request pays for it with properties or listeners of its own.
 */
import type { EventEmitter } from 'node:events';
import type { ContextSwitch } from '../../signals/context.ts';
import type { Exchange } from './exchange.ts';
import { exchangeOf } from './tie.ts';

type Emit = EventEmitter['emit'];

/** `onFinish` is told before the listeners of `finish`, `onClose` after those of `close`. Neither may throw. */
export interface EmitWatcher {
  onFinish(exchange: Exchange): void;
  onClose(exchange: Exchange, emitter: EventEmitter): void;
}

export function bindEmitOf(prototype: EventEmitter, contexts: ContextSwitch, watcher: EmitWatcher | undefined): void {
  const { emit } = prototype;
  const emitInContext: Emit = function (this: EventEmitter, event) {
    const exchange = exchangeOf(this);
    if (exchange === undefined) return Reflect.apply(emit, this, arguments) as boolean;
    if (event === 'finish') watcher?.onFinish(exchange);
    try {
      // Most events have no listener, and most others come in their context as it is: entering it anew costs as much as the event.
      if (needsNoContext(this, event) || contexts.active() === exchange.context) return Reflect.apply(emit, this, arguments) as boolean;
      // Passed on as they are, the arguments would become an object at each event.
      const args: unknown[] = [event];
      for (let i = 1; i < arguments.length; i++) args.push(arguments[i]);
      return contexts.run(exchange.context, emit, this, args) as boolean;
    } finally {
      if (event === 'close') watcher?.onClose(exchange, this);
    }
  };
  Object.defineProperty(prototype, 'emit', { value: emitInContext, writable: true, configurable: true, enumerable: false });
}

/** Nobody listens but Node.js itself, which forgets a request so when its body was not read before the response went out. */
function needsNoContext(emitter: EventEmitter, event: string | symbol): boolean {
  const count = emitter.listenerCount(event);
  return count === 0 || (count === 1 && event === 'end' && emitter.listeners(event)[0]?.name === 'clearIncoming');
}
