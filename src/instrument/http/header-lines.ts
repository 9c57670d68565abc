/** A header and text or lists of headers -> the same with that header in it, once. */

/** Is it fit for the wire? What else would end the line or be refused by the sender. */
export function isHeaderSafe(name: string, value: string): boolean {
  return name !== '' && isPrintable(name, 33) && isPrintable(value, 32);
}

function isPrintable(text: string, lowest: number): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < lowest || code > 126) return false;
  }
  return true;
}

/**
 * Sets a header in lines that each end with CRLF, among which it may be already.
 * @param end where the lines end: before an empty line, if there is one
 */
export function setHeaderLine(lines: string, name: string, value: string, end: number = lines.length): string {
  const at = findHeaderLine(lines, name);
  if (at < 0) return `${lines.slice(0, end)}${name}: ${value}\r\n${lines.slice(end)}`;
  const lineEnd = lines.indexOf('\r\n', at);
  return `${lines.slice(0, at)}${name}: ${value}${lines.slice(lineEnd < 0 ? lines.length : lineEnd)}`;
}

/** The value of a header in such lines; undefined when it is not there. */
export function headerInLines(lines: string, name: string): string | undefined {
  const at = findHeaderLine(lines, name);
  if (at < 0) return undefined;
  const lineEnd = lines.indexOf('\r\n', at);
  return lines.slice(at + name.length + 1, lineEnd < 0 ? lines.length : lineEnd).trim();
}

/** @param name in lower case; @returns where its line begins, or -1 */
function findHeaderLine(lines: string, name: string): number {
  const lower = lines.toLowerCase();
  if (lower.startsWith(`${name}:`)) return 0;
  const at = lower.indexOf(`\r\n${name}:`);
  return at < 0 ? -1 : at + 2;
}

/** Sets a header in a flat list of names and values, when it is there already. */
export function replaceInHeaderList(list: unknown[], name: string, value: string): boolean {
  for (let index = 0; index + 1 < list.length; index += 2) {
    const other = list[index];
    if (typeof other !== 'string' || other.length !== name.length || other.toLowerCase() !== name) continue;
    list[index + 1] = value;
    return true;
  }
  return false;
}
