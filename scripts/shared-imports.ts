/**
 * What the sources import from packages, taken from each package once for the whole bundle. By itself esbuild gives every importing file a copy of the
 * package's namespace, one accessor for each export, made at the start.
 */
import type { Plugin } from 'esbuild';
import { createRequire, isBuiltin } from 'node:module';
import { join } from 'node:path';

const namespace = 'shared-imports';

export function sharedImports(root: string): Plugin {
  const require = createRequire(join(root, 'package.json'));
  return {
    name: namespace,
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, ({ kind, path, importer, namespace: from }) => {
        const ours = from === 'file' && importer.startsWith(join(root, 'src'));
        return ours && kind === 'import-statement' && !isBuiltin(path) ? { path, namespace } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace }, ({ path }) => {
        const names = Object.keys(require(path) as object).filter((name) => name !== 'default' && name !== '__esModule');
        const lines = names.map((name) => `export const ${name} = shared.${name};`);
        return { contents: [`const shared = require(${JSON.stringify(path)});`, ...lines].join('\n'), resolveDir: root, loader: 'js' };
      });
    },
  };
}
