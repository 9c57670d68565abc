/**
 * An exception that nobody caught -> an event on the span of the request that it came from; when the process dies of it, the spans of all requests that it
 * leaves unanswered end, the guilty one by that error. Node.js tells before anything else happens, and nothing of what happens is changed:
 * https://nodejs.org/api/process.html#event-uncaughtexceptionmonitor
 */
import { diag, trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { causeOf, GONE, Unanswered } from './abort.ts';
import { forEachOpen } from './connection.ts';
import type { Connection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import type { HttpServer } from './server.ts';

export function registerUncaught(server: HttpServer, connections: ReadonlySet<Connection>): void {
  process.on('uncaughtExceptionMonitor', (error) => {
    try {
      const active = server.contexts.active();
      const guilty = active && findExchange(active, connections);
      guilty?.recordError(error);
      if (process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()) return;
      if (guilty !== undefined) server.end(guilty, new Unanswered(causeOf(error)));
      for (const connection of connections) forEachOpen(connection, (exchange) => server.end(exchange, new Unanswered(GONE)));
    } catch (failure) {
      diag.debug('an uncaught exception could not be told', failure);
    }
  });
}

/** By the context itself, or by the trace where the app is inside a span of its own. */
function findExchange(active: Context, connections: ReadonlySet<Connection>): Exchange | undefined {
  const traceId = trace.getSpanContext(active)?.traceId;
  let ofTrace: Exchange | undefined;
  for (const { newest } of connections) {
    for (let exchange = newest; exchange !== undefined; exchange = exchange.older) {
      if (exchange.context === active) return exchange;
      if (traceId !== undefined && exchange.span.spanContext().traceId === traceId) ofTrace = exchange;
    }
  }
  return ofTrace;
}
