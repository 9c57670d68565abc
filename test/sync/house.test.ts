/** What the repository promises about itself: exact versions, one copy of each OTel package, no addresses in the lockfile, a licence, a changelog. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

interface Lockfile {
  readonly version: string;
  readonly packages: Record<string, { readonly version: string; readonly resolved?: string; readonly integrity?: string }>;
}

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const lockfile = JSON.parse(read('package-lock.json')) as Lockfile;

test('every development dependency is pinned to one exact version', () => {
  const loose = Object.entries(manifest.devDependencies).filter(([, range]) => !/^(npm:@?[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(range));
  assert.deepEqual(loose, []);
});

test('the published package depends on nothing', () => {
  assert.deepEqual(manifest.dependencies ?? {}, {});
});

test('the lockfile names no address, so that it serves behind any registry, and pins every package by its hash', () => {
  const entries = Object.entries(lockfile.packages).filter(([path]) => path !== '');
  assert.deepEqual(
    entries.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path),
    [],
  );
  assert.deepEqual(
    entries.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path),
    [],
  );
});

test('there is one copy of each @opentelemetry package', () => {
  const copies = new Map<string, string[]>();
  for (const [path, { version }] of Object.entries((JSON.parse(read('node_modules/.package-lock.json')) as Lockfile).packages)) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (name.startsWith('@opentelemetry/')) copies.set(name, [...(copies.get(name) ?? []), `${path} ${version}`]);
  }
  assert.ok(copies.size > 0);
  assert.deepEqual(
    [...copies.values()].filter((places) => places.length > 1),
    [],
  );
});

test('the licence that package.json names is enclosed', () => {
  assert.equal(manifest.license, 'Apache-2.0');
  assert.match(read('LICENSE'), /Apache License\s+Version 2\.0, January 2004/);
});

test('package.json, the lockfile and the newest entry of the changelog agree on the version', () => {
  const newest = /^## (\S+)/m.exec(read('CHANGELOG.md'))?.[1];
  assert.equal(newest, manifest.version);
  assert.equal(lockfile.version, manifest.version);
});
