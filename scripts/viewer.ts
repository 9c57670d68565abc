/** Turns src/viewer/ui into the page that the viewer serves, in dist/viewer: one script, one style sheet, the document and its icon (esbuild). */
import { context, type Metafile, type Plugin } from 'esbuild';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundled } from './bundle.ts';
import { replaceFile } from './files.ts';

/** Copied as they stand. */
const assets = ['index.html', 'icon.svg'];

export interface PageBundler {
  /** Every file that left a trace in the page, for the licences. Complete after the first build. */
  readonly inputs: Bundled['inputs'];
  /** Writes dist/viewer anew and gives the bytes of each file. */
  build(): Promise<ReadonlyMap<string, number>>;
  watch(): Promise<void>;
  dispose(): Promise<void>;
}

export async function createPageBundler(root: string): Promise<PageBundler> {
  const folder = join(root, 'src', 'viewer', 'ui');
  const out = join(root, 'dist', 'viewer');
  const sizes = new Map<string, number>();
  let inputs: Bundled['inputs'] = [];
  const put = (name: string, contents: Uint8Array): void => {
    replaceFile(join(out, name), contents);
    sizes.set(name, contents.length);
  };
  const writing: Plugin = {
    name: 'writing',
    setup(build) {
      build.onEnd(({ errors, outputFiles, metafile }) => {
        if (errors.length > 0 || metafile === undefined) return;
        sizes.clear();
        for (const { path, contents } of outputFiles ?? []) put(path.slice(out.length + 1), contents);
        for (const name of assets) put(name, readFileSync(join(folder, name)));
        inputs = usedInputs(metafile);
        for (const name of readdirSync(out)) if (/^part-.*\.js$/.test(name) && !sizes.has(name)) rmSync(join(out, name));
      });
    },
  };
  const bundling = await context({
    absWorkingDir: root,
    entryPoints: [
      { in: join(folder, 'main.tsx'), out: 'page' },
      { in: join(folder, 'css', 'page.css'), out: 'page' },
    ],
    outdir: out,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    // What is imported late becomes a file of its own.
    splitting: true,
    chunkNames: 'part-[hash]',
    platform: 'browser',
    target: ['es2022', 'chrome111', 'firefox113', 'safari16.4'],
    tsconfig: join(folder, 'tsconfig.json'),
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [writing],
  });
  return {
    get inputs() {
      return inputs;
    },
    build: async () => {
      await bundling.rebuild();
      return sizes;
    },
    watch: () => bundling.watch(),
    dispose: () => bundling.dispose(),
  };
}

/** Of the page's packages the form does not matter: it is a bundle of its own. */
function usedInputs(metafile: Metafile): Bundled['inputs'] {
  const used = new Set(Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs)));
  return [...used].sort().map((path) => ({ path, format: undefined }));
}
