/** Where the stack's programs are, or why a test that needs one is skipped. */
import { findProgram as find } from '../../stack/run/programs.ts';
import type { ProgramName } from '../../stack/run/modules.ts';

export interface FoundProgram {
  readonly path?: string;
  /** What to tell when it is not there, and what to do. */
  readonly missing?: string;
}

/** Only one of the version that the configuration was written for. */
export async function findProgram(name: ProgramName): Promise<FoundProgram> {
  const program = await find(name);
  return program?.origin === 'built'
    ? { path: program.path }
    : { missing: `${name} is not built; npm run stack -- --build builds it with Go` };
}
