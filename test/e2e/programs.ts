/** Where the stack's programs are, or why a test that needs one is skipped. */
import { existsSync } from 'node:fs';

export interface Program {
  readonly path?: string;
  /** What to tell when it is not there, and what to do. */
  readonly missing?: string;
}

export function findProgram(name: string): Program {
  const path = `/tmp/stackbin/${name}`;
  return existsSync(path) ? { path } : { missing: `${name} is not built; npm run stack -- --build builds it` };
}
