/** A path that a variable names -> the text of the file, or why there is none. */

/** Never throws. */
export type FileReader = (path: string) => { readonly text: string } | { readonly wrong: string };

/** Reads each file once, with a function that gives its text or throws. */
export function createFileReader(readFile: (path: string) => string): FileReader {
  const files = new Map<string, ReturnType<FileReader>>();
  return (path) => {
    let file = files.get(path);
    if (file === undefined) {
      file = readWith(readFile, path);
      files.set(path, file);
    }
    return file;
  };
}

/** Of an error only its code is told: a message may repeat what was read. */
function readWith(readFile: (path: string) => string, path: string): ReturnType<FileReader> {
  try {
    return { text: String(readFile(path)) };
  } catch (error) {
    const code = (error as { code?: unknown } | undefined | null)?.code;
    return { wrong: typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? code : 'no reason given' };
  }
}
