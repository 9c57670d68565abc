/** Turns the entries of src/ into declaration files in dist/types (tsc), and keeps only what an entry leads to. */
import { execFileSync } from 'node:child_process';
import { replaceFile } from './files.ts';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';

const specifier = /(\bfrom\s+|\bimport\s+|\bimport\(|\brequire\()(['"])([^'"]+)\2/g;

/**
 * Replaces dist/types. Types are not checked here (`npm run check` does), only written down.
 * @throws when a published type comes from a package that an app which installs us does not have.
 */
export function writeDeclarations(root: string, entries: readonly string[]): void {
  const dist = join(root, 'dist');
  const types = join(dist, 'types');
  mkdirSync(dist, { recursive: true });
  const scratch = mkdtempSync(join(dist, '.types-'));
  try {
    emit(root, entries, scratch);
    const published = new Map<string, string>();
    for (const entry of entries) follow(root, scratch, `${entry}.d.ts`, published);
    rmSync(types, { recursive: true, force: true });
    for (const [file, text] of published) replaceFile(join(types, file), text);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function emit(root: string, entries: readonly string[], outDir: string): void {
  const project = join(outDir, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    emitDeclarationOnly: true,
    noCheck: true,
    stripInternal: true,
    rootDir: join(root, 'src'),
    outDir,
    typeRoots: [join(root, 'node_modules', '@types')],
  };
  const files = entries.map((entry) => join(root, 'src', `${entry}.ts`));
  writeFileSync(project, JSON.stringify({ extends: join(root, 'tsconfig.json'), include: [], files, compilerOptions }));
  try {
    execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', project], { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  } catch (error) {
    throw new Error(`The declarations could not be written.\n${(error as { stdout?: string }).stdout ?? String(error)}`, { cause: error });
  } finally {
    rmSync(project, { force: true });
  }
}

/** Adds a declaration file and all it imports to `published`, with relative imports named as the compiled file would be (`.js`). */
function follow(root: string, scratch: string, file: string, published: Map<string, string>): void {
  if (published.has(file)) return;
  if (!existsSync(join(scratch, file))) throw new Error(`tsc wrote no ${file}.`);
  const next: string[] = [];
  const text = readFileSync(join(scratch, file), 'utf8').replace(specifier, (whole, before: string, quote: string, name: string) => {
    if (!name.startsWith('.')) {
      checkPackage(root, file, name);
      return whole;
    }
    next.push(join(dirname(file), name.replace(/\.ts$/, '.d.ts')));
    return `${before}${quote}${name.replace(/\.ts$/, '.js')}${quote}`;
  });
  published.set(file, text);
  for (const imported of next) follow(root, scratch, imported, published);
}

function checkPackage(root: string, file: string, name: string): void {
  const { peerDependencies = {}, dependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly peerDependencies?: Record<string, string>;
    readonly dependencies?: Record<string, string>;
  };
  const packageName = name.split('/', name.startsWith('@') ? 2 : 1).join('/');
  if (isBuiltin(name) || packageName in peerDependencies || packageName in dependencies) return;
  throw new Error(
    `${file} publishes a type of ${packageName}, which an app that installs us does not have. Keep it out of the public types.`,
  );
}
