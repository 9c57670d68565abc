/**
 * stack/dashboards/*.ts -> stack/grafana/dashboards/*.json, which Grafana is provisioned with.
 * `node scripts/dashboards.ts` tells which files are out of date (exit code 1); `--write` writes them and removes those that have no source.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DASHBOARDS } from '../stack/dashboards/all.ts';
import { encodeDashboard } from '../stack/dashboards/build/encode-dashboard.ts';

export const DASHBOARD_FOLDER: string = join(import.meta.dirname, '..', 'stack', 'grafana', 'dashboards');

/** File name -> its text. */
export function encodeDashboards(): ReadonlyMap<string, string> {
  return new Map(DASHBOARDS.map((dashboard) => [`${dashboard.uid}.json`, encodeDashboard(dashboard)]));
}

/** Names of files that differ from their source, lack, or have no source any more. */
export function findStaleDashboards(folder: string = DASHBOARD_FOLDER): readonly string[] {
  const wanted = encodeDashboards();
  const found = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  const stale = [...wanted].filter(([name, text]) => !found.includes(name) || readFileSync(join(folder, name), 'utf8') !== text);
  return [...stale.map(([name]) => name), ...found.filter((name) => !wanted.has(name))].toSorted();
}

if (import.meta.main) {
  const stale = findStaleDashboards();
  if (process.argv.includes('--write')) {
    mkdirSync(DASHBOARD_FOLDER, { recursive: true });
    const wanted = encodeDashboards();
    for (const name of stale) {
      const text = wanted.get(name);
      if (text === undefined) rmSync(join(DASHBOARD_FOLDER, name));
      else writeFileSync(join(DASHBOARD_FOLDER, name), text);
    }
    console.log(stale.length === 0 ? 'All dashboards are up to date.' : `Written: ${stale.join(', ')}`);
  } else if (stale.length > 0) {
    console.log(`Out of date: ${stale.join(', ')}. "node scripts/dashboards.ts --write" writes them.`);
    process.exitCode = 1;
  }
}
