/** Output for the next program: when that has read enough, so have we. */

/** Ends the process quietly when nobody reads stdout any more (`| head`). */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
