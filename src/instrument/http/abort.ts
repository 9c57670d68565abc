/** Why a response did not go out whole -> `error.type`: https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/ */
import type { Outcome } from './server.ts';

/** What Node.js calls the error of a connection that went away. */
export const GONE = 'ECONNRESET';

/** The code or the name of the error that a response ended with; without one the connection went away. Never throws. */
export function causeOf(error: unknown): string {
  try {
    if (!(error instanceof Error)) return GONE;
    const { code } = error as NodeJS.ErrnoException;
    return String(typeof code === 'string' ? code : error.name);
  } catch {
    return GONE;
  }
}

/** Of a request whose response never began, as far as is known. */
export class Unanswered implements Outcome {
  readonly status = undefined;
  readonly abortedBy: string;
  constructor(abortedBy: string) {
    this.abortedBy = abortedBy;
  }
  header(): undefined {}
}
