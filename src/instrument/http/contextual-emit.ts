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
      return this.listenerCount(event) === 0 || contexts.active() === exchange.context
        ? (Reflect.apply(emit, this, arguments) as boolean)
        : (contexts.run(exchange.context, emit, this, arguments) as boolean);
    } finally {
      if (event === 'close') watcher?.onClose(exchange, this);
    }
  };
  Object.defineProperty(prototype, 'emit', { value: emitInContext, writable: true, configurable: true, enumerable: false });
}
