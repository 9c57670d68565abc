/** Nest -> the errors of a request, on the server span, before Nest's filters make responses of them. Routes are those of express or fastify below it. */
import { exchangeOfRequest } from '../http/tie.ts';
import type { OwnInstrumentation } from '../own-instrumentation.ts';

interface ArgumentsHost {
  getArgByIndex(index: number): unknown;
}
interface ExceptionsHandler {
  next(exception: unknown, host: ArgumentsHost): unknown;
}

export function nestErrors(): OwnInstrumentation {
  return {
    patches: {
      '@nestjs/core/exceptions/exceptions-handler.js': (exports) => {
        const { prototype } = (exports as { ExceptionsHandler: { prototype: ExceptionsHandler } }).ExceptionsHandler;
        const { next } = prototype;
        prototype.next = function (exception, host) {
          try {
            tell(exception, host);
          } catch {
            // Hostile getters cost the event, not the request.
          }
          return next.call(this, exception, host);
        };
        return exports;
      },
    },
  };
}

function tell(exception: unknown, host: ArgumentsHost): void {
  const request = host.getArgByIndex(0);
  if (typeof request !== 'object' || request === null) return;
  // Of fastify it is fastify's own request.
  const { raw } = request as { readonly raw?: unknown };
  const exchange = exchangeOfRequest(typeof raw === 'object' && raw !== null ? raw : request);
  // Nest's own answer to a path that nobody serves is an exception too.
  if (exchange === undefined || (exchange.route === undefined && statusOf(exception) === 404)) return;
  exchange.recordError(exception);
}

function statusOf(exception: unknown): unknown {
  return typeof exception === 'object' && exception !== null ? (exception as { readonly status?: unknown }).status : undefined;
}
