/** Calls what an app added; what that throws goes to the diagnostics and not into the code that happened to start a span or log a line. */
import { diag } from '@opentelemetry/api';

export function guarded(work: () => void): void {
  try {
    work();
  } catch (error) {
    diag.error('A processor threw', error);
  }
}
