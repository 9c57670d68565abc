/**
 * The one hook: sees every CommonJS file that is loaded, by `require` or by `import`, and hands the few that the catalogue names to their patches, the
 * moment they have run and in the app's own order. Only where that is not enough are the hooks of Node.js registered too, since they make every
 * `require` of the app slower: for a package of ES modules, and beside another loader (tsx and the like), which gives the source of what is imported
 * itself. Then the package is required as soon as the import is resolved, and the import gets the exports that the CommonJS cache holds.
 */
import { existsSync } from 'node:fs';
import Module, { createRequire, syncBuiltinESMExports } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the hook asks and tells. Names are package names (`pg`, `@hapi/hapi`) and bare builtins (`http`). */
export interface ModuleWatcher {
  /** True when anything at all is to be done about this package or builtin. Asked for every module: must be cheap. */
  wants(name: string): boolean;
  /** The package or builtin is about to be loaded for the first time. */
  activate(name: string): void;
  /**
   * A wanted file has run; returns what its exports are to be.
   * @param file `pg` for the main file of a package or a builtin, `pg/lib/client.js` for any other
   * @param baseDir the package's folder; undefined for a builtin
   */
  patch(name: string, file: string, exports: unknown, baseDir: string | undefined): unknown;
}

interface Located {
  readonly name: string;
  readonly baseDir: string;
}

type ModuleInternals = typeof Module & {
  prototype: { exports: unknown; _compile(content: string, filename: string, ...rest: unknown[]): unknown };
  _cache: Record<string, NodeJS.Module | undefined>;
  _resolveFilename(request: string, parent: unknown, isMain: boolean, options: { paths: readonly string[] }): string;
};

const NODE_MODULES = `${sep}node_modules${sep}`;

export interface ModuleHookOptions {
  /** Gets what a patch threw; the module then goes to the app as it was. */
  readonly onError: (name: string, error: unknown) => void;
  /** Command line of Node.js and `NODE_OPTIONS`, which tell of other loaders. */
  readonly flags: readonly string[];
  /** The folder of the app's entry. */
  readonly appFolder: string;
}

/** Nothing tells when a builtin is loaded: those that are wanted are patched at the start. */
const BUILTINS = ['http', 'https', 'net', 'dns', 'fs'];
/** Packages whose ES modules are patched, see `isPatchedAsEsm`. */
const ES_MODULES = ['openai'];

/** Starts watching. */
export function registerModuleHooks(watcher: ModuleWatcher, { onError, flags, appFolder }: ModuleHookOptions): void {
  const internals = Module as ModuleInternals;
  const patched = new Set<string>();

  const guarded = <T>(name: string, work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch (error) {
      onError(name, error);
      return otherwise;
    }
  };

  const visitBuiltin = (name: string): void => {
    if (!watcher.wants(name) || patched.has(name)) return;
    patched.add(name);
    guarded(
      name,
      () => {
        watcher.activate(name);
        watcher.patch(name, name, process.getBuiltinModule(name), undefined);
        // ES modules hold a builtin's exports as named bindings of their own: bring them up to date.
        syncBuiltinESMExports();
      },
      undefined,
    );
  };

  const mainFiles = new Map<string, string>();
  const fileName = ({ name, baseDir }: Located, filename: string): string => {
    let main = mainFiles.get(baseDir);
    if (main === undefined) {
      main = guarded(name, () => internals._resolveFilename(name, null, false, { paths: [baseDir] }), '');
      mainFiles.set(baseDir, main);
    }
    return filename === main ? name : `${name}/${relative(baseDir, filename).replaceAll('\\', '/')}`;
  };

  // Every loader of CommonJS ends here, those that compile TypeScript on the fly and replace `require.extensions` included.
  const { _compile: compile } = internals.prototype;
  internals.prototype._compile = function (content, filename, ...rest) {
    const located = locate(filename, watcher);
    if (located) guarded(located.name, () => watcher.activate(located.name), undefined);
    const result = compile.call(this, content, filename, ...rest);
    if (located) {
      const { exports } = this;
      this.exports = guarded(
        located.name,
        () => watcher.patch(located.name, fileName(located, filename), exports, located.baseDir),
        exports,
      );
    }
    return result;
  };

  for (const name of BUILTINS) visitBuiltin(name);
  // Node.js 22.15+, 23.5+: https://nodejs.org/api/module.html#moduleregisterhooksoptions
  const { registerHooks } = Module as { registerHooks?: typeof Module.registerHooks };
  const early = hasOtherLoader(flags);
  if (!registerHooks || (!early && !ES_MODULES.some((name) => watcher.wants(name) && isInstalled(name, appFolder)))) return;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const result = nextResolve(specifier, context);
      const { url } = result;
      if (url.startsWith('file:') && context.conditions?.includes('import') && url.includes('/node_modules/')) {
        const located = guarded(specifier, () => locate(fileURLToPath(url), watcher), undefined);
        if (located) visitImported(located, fileURLToPath(url), result.format ?? undefined);
      }
      return result;
    },
  });

  function visitImported(located: Located, filename: string, format: string | undefined): void {
    if (patched.has(filename) || internals._cache[filename]) return;
    const isEsm = format === 'module' || filename.endsWith('.mjs');
    if (isEsm ? !isPatchedAsEsm(located, filename) : !early) return;
    guarded(located.name, () => watcher.activate(located.name), undefined);
    try {
      const exports: unknown = createRequire(filename)(filename);
      if (!isEsm) return;
      patched.add(filename);
      watcher.patch(located.name, located.name, exports, located.baseDir);
    } catch {
      // The import itself runs into the same error and tells the app.
    }
  }
}

/** Is there a package of this name above a folder, in a layout of npm or of pnpm? */
function isInstalled(name: string, folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    const modules = join(at, 'node_modules');
    if (existsSync(join(modules, name)) || existsSync(join(modules, '.pnpm', 'node_modules', name))) return true;
    if (at === dirname(at)) return false;
  }
}

/** A package that is ES modules all through has frozen exports: patches may change what they point to (a class's prototype), not the bindings. */
function isPatchedAsEsm({ name }: Located, filename: string): boolean {
  return name === 'openai' && /[\\/]index\.mjs$/.test(filename);
}

const PRELOAD = /(?:^|\s)(?:--import|--require|-r|--loader|--experimental-loader)(?:=|\s+|$)(\S*)/g;

/** Is anything preloaded besides otelier, or otelier by a file of the app's that may well do more? */
export function hasOtherLoader(flags: readonly string[]): boolean {
  const preloaded = [...flags.join(' ').matchAll(PRELOAD)].map(([, value = '']) => value.replace(/^["']|["']$/g, ''));
  return preloaded.length > 1 || preloaded.some((value) => !/(?:^|[\\/])otel\.js$|^otelier\/register$/.test(value));
}

/** The package a file belongs to, if it is a wanted one: `.../node_modules/@hapi/hapi/lib/index.js` -> `@hapi/hapi`. */
function locate(filename: string, watcher: ModuleWatcher): Located | undefined {
  const at = filename.lastIndexOf(NODE_MODULES);
  if (at < 0) return undefined;
  const start = at + NODE_MODULES.length;
  let end = filename.indexOf(sep, start);
  if (filename[start] === '@' && end > 0) end = filename.indexOf(sep, end + 1);
  if (end < 0) return undefined;
  const name = sep === '/' ? filename.slice(start, end) : filename.slice(start, end).replaceAll('\\', '/');
  return watcher.wants(name) ? { name, baseDir: filename.slice(0, end) } : undefined;
}
