/**
 * `@opentelemetry/semantic-conventions` as it goes into a bundle: only the constants that some package of OpenTelemetry names. The whole package is
 * thousands of them, and making them all is a fifth of what a start costs.
 */
import type { Plugin } from 'esbuild';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

export function usedConventions(root: string): Plugin {
  let words: ReadonlySet<string> | undefined;
  return {
    name: 'used-conventions',
    setup(build) {
      build.onLoad({ filter: /[\\/]@opentelemetry[\\/]semantic-conventions[\\/].*[\\/]index(-incubating)?\.cjs$/ }, ({ path }) => {
        words ??= readWords(['@opentelemetry', '@fastify'].map((scope) => join(root, 'node_modules', scope)));
        const used = Object.entries(require(path) as Record<string, unknown>).filter(([name]) => words?.has(name));
        return { contents: used.map(([name, value]) => `exports.${name}=${formatValue(value)};`).join('\n'), loader: 'js' };
      });
    },
  };
}

/** Text, numbers and tables of these; the functions make a name of a prefix and their argument, and need nothing else. */
function formatValue(value: unknown): string {
  return typeof value === 'function' ? String(value) : JSON.stringify(value);
}

/** All identifiers in the code below these folders that may be a constant's name. */
function readWords(folders: readonly string[]): ReadonlySet<string> {
  const words = new Set<string>();
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.c?js$/.test(entry.name) || entry.parentPath.includes('semantic-conventions')) continue;
      const source = readFileSync(join(entry.parentPath, entry.name), 'utf8');
      if (source.includes('semantic-conventions')) for (const [word] of source.matchAll(/\b[A-Z][A-Za-z]*[A-Z_]\w*/g)) words.add(word);
    }
  }
  return words;
}
