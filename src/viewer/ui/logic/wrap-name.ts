/** Turns a long name into lines of bounded length, broken where its parts end; what does not fit is cut with an ellipsis. */

export function wrapName(name: string, perLine: number, lines: number): readonly string[] {
  const result: string[] = [];
  let rest = name;
  while (rest !== '' && result.length < lines) {
    if (rest.length <= perLine) return [...result, rest];
    if (result.length === lines - 1) return [...result, `${rest.slice(0, Math.max(1, perLine - 1))}…`];
    const head = rest.slice(0, perLine);
    const end = /^.*[-_./:\s](?=.)/s.exec(head)?.[0].length ?? perLine;
    result.push(rest.slice(0, end).trim());
    rest = rest.slice(end);
  }
  return result;
}
