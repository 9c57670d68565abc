/** Turns the entries of src/ into self-contained CommonJS bundles (esbuild), with every package built in once, in its CommonJS form. */
import { context, type BuildContext, type Metafile, type Plugin } from 'esbuild';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { sharedImports } from './shared-imports.ts';
import { usedConventions } from './used-conventions.ts';

export interface Bundled {
  readonly files: readonly { readonly path: string; readonly contents: Uint8Array }[];
  /** Every file that left a trace in a bundle, by its path relative to the root. */
  readonly inputs: readonly { readonly path: string; readonly format: 'cjs' | 'esm' | undefined }[];
}

export interface BundlerOptions {
  readonly root: string;
  /** Names of files in src/, without `.ts`. */
  readonly entries: readonly string[];
  /** Receives each complete build; what it throws fails the build. */
  readonly publish: (bundled: Bundled, startedAt: number) => void;
}

export interface Bundler {
  build(): Promise<void>;
  watch(): Promise<void>;
  dispose(): Promise<void>;
}

/** Not built in: a peer that only the app can bring, looked for inside a `try` by the code that uses it. */
const external = ['@opentelemetry/winston-transport'];

export async function createBundler({ root, entries, publish }: BundlerOptions): Promise<Bundler> {
  const bundling: BuildContext = await context({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
    outdir: 'dist',
    bundle: true,
    write: false,
    metafile: true,
    format: 'cjs',
    platform: 'node',
    define: { 'import.meta.dirname': '__dirname' },
    target: 'node20',
    // Any list switches off the condition `module`, which would bring a package in as ESM beside its CommonJS form.
    conditions: ['node'],
    external,
    minify: true,
    // An exception that passes through the bundle makes Node.js print the line it came from.
    lineLimit: 160,
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [
      lazyBundles(),
      usedConventions(root),
      sharedImports(root),
      oneFormat(root),
      lazyRequire(root),
      ownPackageJson(root),
      publishing(publish),
    ],
  });
  return {
    build: async () => void (await bundling.rebuild()),
    watch: () => bundling.watch(),
    dispose: () => bundling.dispose(),
  };
}

/**
 * Resolves every bare import as a `require` would be: OTel packages ship ESM beside CommonJS, and a bundle that took both would hold two copies of
 * their classes and globals. The two module hooks of upstream are replaced by our own, which never patches anything: src/instrument does that.
 */
function oneFormat(root: string): Plugin {
  const decided = Symbol('decided');
  const inertHook = join(root, 'src', 'instrument', 'inert-hook.ts');
  const instanceId = join(root, 'src', 'signals', 'instance-id.ts');
  return {
    name: 'one-format',
    setup(build) {
      build.onResolve({ filter: /^(require|import)-in-the-middle$/ }, () => ({ path: inertHook }));
      build.onResolve({ filter: /^crypto$/ }, ({ importer }) =>
        importer.includes('@opentelemetry/resources') ? { path: instanceId } : undefined,
      );
      build.onResolve({ filter: /^[^./]/ }, ({ kind, path, pluginData, importer, resolveDir }) => {
        if (kind !== 'import-statement' && kind !== 'dynamic-import') return undefined;
        if (pluginData === decided || isBuiltin(path)) return undefined;
        return build.resolve(path, { kind: 'require-call', pluginData: decided, importer, resolveDir });
      });
    },
  };
}

/** A `require` of a file in src/lazy stays a `require` at run time: of the bundle that is made of that file. */
function lazyBundles(): Plugin {
  return {
    name: 'lazy-bundles',
    setup(build) {
      build.onResolve({ filter: /\/lazy\/[\w-]+\.ts$/ }, ({ kind, path }) =>
        kind === 'require-call' ? { path: `./lazy/${path.slice(path.lastIndexOf('/') + 1, -3)}.js`, external: true } : undefined,
      );
    },
  };
}

/**
 * Sources load an instrumentation late with `const require = createRequire(import.meta.url)`, which runs as it stands. In the bundle that line goes,
 * so that esbuild sees each `require('...')` and turns it into a module that is evaluated at the call.
 */
function lazyRequire(root: string): Plugin {
  const declaration = /^const require(?:: [\w.]+)? = createRequire\(import\.meta\.url\);$/m;
  return {
    name: 'lazy-require',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!path.startsWith(join(root, 'src'))) return undefined;
        const source = readFileSync(path, 'utf8');
        return declaration.test(source) ? { contents: source.replace(declaration, ''), loader: 'ts' } : undefined;
      });
    },
  };
}

/** Of our own package.json only name and version are built in. */
function ownPackageJson(root: string): Plugin {
  const path = join(root, 'package.json');
  return {
    name: 'own-package-json',
    setup(build) {
      build.onLoad({ filter: /package\.json$/ }, (args) => {
        if (args.path !== path) return undefined;
        const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as { name: string; version: string };
        return { contents: JSON.stringify({ name, version }), loader: 'json', watchFiles: [path] };
      });
    },
  };
}

/** Hands over each build without errors; a warning about our own sources is an error. */
function publishing(publish: BundlerOptions['publish']): Plugin {
  return {
    name: 'publishing',
    setup(build) {
      let startedAt = performance.now();
      build.onStart(() => void (startedAt = performance.now()));
      build.onEnd(({ errors, warnings, outputFiles, metafile }) => {
        const own = warnings.filter(({ location }) => location?.file.startsWith('src/'));
        if (errors.length > 0 || metafile === undefined) return undefined;
        if (own.length > 0) return { errors: own };
        try {
          publish({ files: outputFiles ?? [], inputs: usedInputs(metafile) }, startedAt);
          return undefined;
        } catch (error) {
          return { errors: [{ text: error instanceof Error ? error.message : String(error) }] };
        }
      });
    },
  };
}

function usedInputs(metafile: Metafile): Bundled['inputs'] {
  const used = new Set(Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs)));
  return [...used].sort().map((path) => ({ path, format: metafile.inputs[path]?.format }));
}
