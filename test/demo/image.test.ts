/** The shop's Dockerfile, read and not built: what it copies is there and is enough, and its versions are those of the repository. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { suite, test } from 'node:test';
import { root } from '../support/run-app.ts';

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const manifest = (path: string): Manifest => JSON.parse(read(path)) as Manifest;

/** Its instructions, each on one line, and the stage in which each stands. */
const instructions = read('examples/shop/Dockerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => ({ name: line.split(' ', 1)[0]!, words: line.split(' ').slice(1) }));
const stages: { readonly name: string; readonly words: readonly string[] }[][] = [];
for (const one of instructions) {
  if (one.name === 'FROM') stages.push([]);
  stages.at(-1)?.push(one);
}
const copiesFromContext = (stage: number): readonly string[] =>
  stages[stage]!.filter(({ name, words }) => name === 'COPY' && !words[0]!.startsWith('--from')).flatMap(({ words }) => words.slice(0, -1));

suite('the image of the shop', () => {
  test('runs the Node.js of package.json', () => {
    assert.equal(/^ARG NODE_VERSION=(.+)$/m.exec(read('examples/shop/Dockerfile'))?.[1], manifest('package.json').devDependencies['node']);
    assert.equal(stages.length, 3);
    for (const [from] of stages) assert.match(from!.words.join(' '), /^node:\$\{NODE_VERSION\}-bookworm-slim( AS \w+)?$/);
  });

  test('copies what is in the repository, and .dockerignore lets it through', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = stages.flatMap((_stage, index) => copiesFromContext(index));
    assert.ok(copied.length > 10);
    for (const path of copied) {
      assert.ok(existsSync(join(root, path)), `${path} is not there`);
      assert.ok(
        allowed.some((entry) => path === entry || path.startsWith(`${entry}/`)),
        `.dockerignore keeps ${path} back`,
      );
    }
    for (const path of allowed) assert.ok(existsSync(join(root, path)), `.dockerignore names ${path}, which is not there`);
  });

  test('holds every file and package that services and customers import', () => {
    const copied = copiesFromContext(2);
    const files = copied.flatMap((path) =>
      statSync(join(root, path)).isDirectory()
        ? globSync('**/*.{js,ts}', { cwd: join(root, path) }).map((file) => join(path, file))
        : [path],
    );
    const locked = Object.keys((JSON.parse(read('examples/shop/package-lock.json')) as { packages: object }).packages);
    let imports = 0;
    for (const file of files.filter((path) => /\.[jt]s$/.test(path))) {
      for (const [, specifier] of read(file).matchAll(/(?:require\(|from |^import )'([^']+)'/gm)) {
        imports++;
        if (isBuiltin(specifier!)) continue;
        if (specifier!.startsWith('.')) {
          const target = relative(root, join(root, dirname(file), specifier!));
          assert.ok(files.includes(target), `${file} imports ${target}, which is not copied`);
        } else {
          assert.ok(locked.includes(`node_modules/${specifier}`), `${file} imports ${specifier}, which the shop's lockfile does not have`);
        }
      }
    }
    assert.ok(imports > 20);
  });

  test('the services name the versions that the tests run with, and the lockfile has them', () => {
    const own = manifest('package.json').devDependencies;
    const locked = (JSON.parse(read('examples/shop/package-lock.json')) as { packages: Record<string, Manifest> }).packages;
    for (const service of ['storefront', 'payments']) {
      const { dependencies = {}, version } = manifest(`examples/shop/${service}/package.json`);
      assert.deepEqual(
        [locked[service]?.version, locked[service]?.dependencies],
        [version, dependencies],
        `run npm install --package-lock-only in examples/shop`,
      );
      for (const [name, wanted] of Object.entries(dependencies))
        assert.deepEqual([own[name], locked[`node_modules/${name}`]?.version], [wanted, wanted], `${name} of ${service}`);
    }
  });

  test('is run by an ordinary user, with the flag', () => {
    const last = stages.at(-1)!;
    assert.deepEqual(
      last.filter(({ name }) => name === 'USER').map(({ words }) => words),
      [['node']],
    );
    const command = JSON.parse(last.findLast(({ name }) => name === 'CMD')!.words.join(' ')) as string[];
    assert.deepEqual(command.slice(0, 3), ['node', '--import', './otel.js']);
    assert.ok(existsSync(join(root, command[3]!)));
  });
});
