/** Says on stderr how far it is: in place on a terminal, one line for each section elsewhere. */

export interface Progress {
  step(section: string, detail: string): void;
  /** Clears what stands on the terminal, before anything else is printed. */
  done(): void;
}

export function createProgress(stream: NodeJS.WriteStream): Progress {
  let last = '';
  return {
    step(section, detail) {
      if (stream.isTTY) stream.write(`\r\u001b[K${`${section}: ${detail}`.slice(0, (stream.columns ?? 80) - 1)}`);
      else if (section !== last) stream.write(`${section} ...\n`);
      last = section;
    },
    done() {
      if (stream.isTTY) stream.write('\r\u001b[K');
    },
  };
}
