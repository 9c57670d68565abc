/** What the commands say to a person: lines on stderr, so that stdout stays the app's or the result's. */

/** Ends the command with this message and exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function say(line: string): void {
  process.stderr.write(`otelier: ${line}\n`);
}

/** What nobody foresaw is told with its stack. */
export function fail(error: unknown): void {
  const exitCode = (error as { readonly exitCode?: number }).exitCode;
  say(error instanceof Error ? (exitCode === undefined ? String(error.stack) : error.message) : String(error));
  process.exitCode = exitCode ?? 1;
}
