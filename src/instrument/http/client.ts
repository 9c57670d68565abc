/** The configuration -> everything that tells of outgoing HTTP requests. Nothing here loads a module of the app's: channels are subscribed to by name. */
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { Config, OptionValue } from '../../config/types.ts';
import { hasCreatedChannel, registerClientRequests } from './client-request.ts';
import { createClientTelemetry } from './client-span.ts';
import type { ClientOptions } from './client-span.ts';
import { registerHttp2Client } from './http2-client.ts';
import { registerUndici } from './undici.ts';

type UserOptions = Readonly<Record<string, OptionValue>>;

export interface HttpClientOptions {
  readonly http: Config['http'];
  readonly tracerProvider: TracerProvider;
  readonly meterProvider: MeterProvider;
}

const SCOPE = 'otelier/http-client';

/** Is node:http traced by us? Older Node.js: by upstream's patches of `request` and `get`. */
export function hasOwnHttpClient(): boolean {
  return hasCreatedChannel(process.versions.node);
}

/**
 * Traces node:http, node:https and node:http2 clients.
 * @param options the user's, of the instrumentation `http`
 */
export function registerHttpClient(deps: HttpClientOptions, options: UserOptions): void {
  if (options['disableOutgoingRequestInstrumentation'] === true) return;
  const client = recordOf(recordOf(options['headersToSpanAttributes'])['client']);
  const { captureHeaders } = deps.http;
  const telemetry = createClientTelemetry({
    ...shared(deps),
    requestHeaders: [...captureHeaders.client.request, ...wordsOf(client['requestHeaders'])],
    responseHeaders: [...captureHeaders.client.response, ...wordsOf(client['responseHeaders'])],
    redactedQueryParams: Array.isArray(options['redactedQueryParams']) ? wordsOf(options['redactedQueryParams']) : undefined,
    requireParent: options['requireParentforOutgoingSpans'] === true,
  });
  if (hasOwnHttpClient()) registerClientRequests(telemetry);
  registerHttp2Client(telemetry);
}

/**
 * Traces undici and the global `fetch`.
 * @param options the user's, of the instrumentation `undici`
 */
export function registerUndiciClient(deps: HttpClientOptions, options: UserOptions): void {
  const headers = recordOf(options['headersToSpanAttributes']);
  const { captureHeaders } = deps.http;
  registerUndici(
    createClientTelemetry({
      ...shared(deps),
      requestHeaders: [...captureHeaders.client.request, ...wordsOf(headers['requestHeaders'])],
      responseHeaders: [...captureHeaders.client.response, ...wordsOf(headers['responseHeaders'])],
      requireParent: options['requireParentforSpans'] === true,
    }),
  );
}

function shared({ http, tracerProvider, meterProvider }: HttpClientOptions): Pick<ClientOptions, 'tracer' | 'meter' | 'knownMethods'> {
  return { tracer: tracerProvider.getTracer(SCOPE), meter: meterProvider.getMeter(SCOPE), knownMethods: http.knownMethods };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function wordsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}
