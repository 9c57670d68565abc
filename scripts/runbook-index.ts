/**
 * The alerts of Prometheus and Loki -> the table in docs/runbooks/README.md, between its markers.
 * `node scripts/runbook-index.ts` prints it; `--write` puts it into the page.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { formatAlertTable } from '../stack/alerts.ts';

const page = new URL('../docs/runbooks/README.md', import.meta.url);

/**
 * The page with what stands between the markers replaced.
 * @throws Error when it has no markers.
 */
export function replaceAlertTable(text: string, table: string): string {
  const parts = /^([^]*<!-- alerts:start -->\n)[^]*(<!-- alerts:end -->[^]*)$/.exec(text);
  if (parts === null)
    throw new Error('docs/runbooks/README.md lacks the lines <!-- alerts:start --> and, after it, <!-- alerts:end -->. Add both.');
  return `${parts[1]}\n${table}\n\n${parts[2]}`;
}

if (import.meta.main) {
  const table = formatAlertTable();
  if (process.argv.includes('--write')) writeFileSync(page, replaceAlertTable(readFileSync(page, 'utf8'), table));
  else console.log(table);
}
