/** What became of one request: how it is told to people, and how it is counted. Depends on nothing, as the transport does. */

/** What became of one request. */
export type Outcome = { readonly status?: Status } & (
  | {
      readonly ok: true;
      /** Of the answer, in the encoding of the request: tells of a partial success. */
      readonly body: Uint8Array;
    }
  | {
      readonly ok: false;
      readonly retryable: boolean;
      readonly retryAfterMs: number | undefined;
      /** For people. */
      readonly reason: string;
      /** For figures: one of few, `error.type` of the semantic conventions. */
      readonly errorType: string;
    }
);

/** Of the answer, if there was one: the number of HTTP, the name of gRPC. */
export type Status = number | string;

/** Errors of our own, by what is in `error.type`. */
export const TIMEOUT = 'timeout';

interface Details {
  readonly errorType: string;
  readonly status?: Status;
  readonly retryAfterMs?: number | undefined;
}

export const failure = (reason: string, retryable: boolean, { retryAfterMs, ...details }: Details): Outcome => ({
  ok: false,
  retryable,
  retryAfterMs,
  reason,
  ...details,
});

export const failureOf = (error: unknown, retryable: boolean): Outcome =>
  failure(describeError(error), retryable, { errorType: errorTypeOf(error) });

export const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

function describeError(error: unknown): string {
  const { code, message, errors, cause } = error as {
    code?: string;
    message?: string;
    errors?: readonly { code?: string }[];
    cause?: unknown;
  };
  // node:http2 tells why a connection failed only in the cause of what became of the stream.
  if (code === 'ERR_HTTP2_STREAM_CANCEL' && cause) return describeError(cause);
  const name = code ?? errors?.[0]?.code;
  switch (name) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'host name not found';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'connection reset';
    case 'HPE_INVALID_CONSTANT':
    case 'ERR_HTTP2_ERROR':
      return 'the answer is not HTTP of the expected kind';
    default:
      return (message ? (name && !message.includes(name) ? `${message} (${name})` : message) : String(name ?? error))
        .replace(/\s+/g, ' ')
        .trim();
  }
}

/** The code of the system or of Node.js, as few as there are; what has none is told by its class. */
function errorTypeOf(error: unknown): string {
  const { code, name, errors, cause } = error as {
    code?: string;
    name?: string;
    errors?: readonly { code?: string }[];
    cause?: unknown;
  };
  if (code === 'ERR_HTTP2_STREAM_CANCEL' && cause) return errorTypeOf(cause);
  return code ?? errors?.[0]?.code ?? (name === undefined || name === 'Error' ? '_OTHER' : name);
}
