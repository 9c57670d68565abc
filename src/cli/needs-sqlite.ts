/** What the store needs of Node.js: `node:sqlite`, in the form it has since 22.16. */
import { CommandError } from './output.ts';

/** @throws CommandError on an older one */
export function checkSqlite(command: string): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 23 || (major === 22 && minor >= 16)) return;
  throw new CommandError(
    `${command} needs Node.js 22.16 or 24 and later, for its SQLite; this is ${process.versions.node}. Without installing it: ` +
      `npx --package=node@24 --package=otelier -- ${command} ... The preload otelier/register works here as it is.`,
  );
}
