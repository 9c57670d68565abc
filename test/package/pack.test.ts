/** The package as an app gets it: packed, installed into an empty app, preloaded, imported and type-checked there. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const tool = (name: string): string => join(root, 'node_modules', '.bin', name);

describe('the packed package, installed into an empty app', () => {
  const app = mkdtempSync(join(tmpdir(), 'otelier-pack-'));
  let archive = '';

  before(async () => {
    const packed = await run('npm', ['pack', '--silent', '--pack-destination', app], { cwd: root });
    assert.equal(packed.code, 0, packed.stderr);
    archive = join(app, readdirSync(app).find((name) => name.endsWith('.tgz')) ?? '');
    writeFileSync(join(app, 'package.json'), '{ "name": "app", "version": "1.0.0", "private": true }');
    const installed = await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', archive], { cwd: app });
    assert.equal(installed.code, 0, installed.stderr);
  });

  after(() => rmSync(app, { recursive: true, force: true }));

  test('adds at most 5 packages and 8 MB', () => {
    const { packages } = JSON.parse(readFileSync(join(app, 'node_modules/.package-lock.json'), 'utf8')) as { packages: object };
    const files = globSync('node_modules/**/*', { cwd: app }).map((path) => statSync(join(app, path)));
    const bytes = files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
    assert.ok(Object.keys(packages).length <= 5, Object.keys(packages).join(' '));
    assert.ok(bytes <= 8e6, `${bytes} bytes`);
  });

  test('holds the bundles, their types, the licences and the bill of materials, and no sources', () => {
    const files = globSync('**/*', { cwd: join(app, 'node_modules/otelier') }).filter((path) => !path.startsWith('dist/types/'));
    const expected = [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'otel.js',
      'package.json',
      'dist/register.js',
      'dist/index.js',
      'dist/testing.js',
    ];
    for (const path of [...expected, 'dist/THIRD-PARTY-LICENSES.txt', 'dist/sbom.json'])
      assert.ok(files.includes(path), `${path} is missing`);
    assert.deepEqual(
      files.filter((path) => /(^|\/)(src|test|scripts|bench)(\/|$)|\.(tgz|tmp|map)$/.test(path)),
      [],
    );
  });

  for (const flag of ['--import', '--require']) {
    test(`starts with ${flag} otelier/register, says so in one line on stderr, and leaves output and exit code to the app`, async () => {
      writeFileSync(join(app, 'app.js'), "console.log('hello from the app');");
      const collector = createServer((request, response) => request.resume().once('end', () => response.end()));
      await new Promise<void>((resolve) => void collector.listen(0, '127.0.0.1', resolve));
      const { port } = collector.address() as AddressInfo;
      const env = {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
        OTEL_SERVICE_NAME: 'packed',
        OTELIER_SHUTDOWN_TIMEOUT: '30000',
      };
      const result = await run(process.execPath, [flag, 'otelier/register', 'app.js'], { cwd: app, env });
      collector.close();
      assert.equal(result.code, 0, result.stderr);
      assert.equal(result.stdout, 'hello from the app\n');
      assert.match(result.stderr, /^otelier.*\n$/);
    });
  }

  test('can be imported from an ES module by name, and required', async () => {
    const esm =
      "import * as otelier from 'otelier'; import * as testing from 'otelier/testing'; console.log(typeof otelier, typeof testing);";
    const cjs = "console.log(typeof require('otelier'), typeof require('otelier/testing'));";
    writeFileSync(join(app, 'esm.mjs'), esm);
    writeFileSync(join(app, 'cjs.cjs'), cjs);
    for (const file of ['esm.mjs', 'cjs.cjs']) {
      const { stdout, stderr } = await run(process.execPath, [file], { cwd: app });
      assert.equal(stdout, 'object object\n', stderr);
    }
  });

  test('has types that resolve from CommonJS and from an ES module, with library checks on', async () => {
    cpSync(join(root, 'node_modules/@opentelemetry/api'), join(app, 'node_modules/@opentelemetry/api'), { recursive: true });
    const source =
      "import * as otelier from 'otelier';\nimport * as testing from 'otelier/testing';\nimport 'otelier/register';\nexport { otelier, testing };\n";
    for (const name of ['types.mts', 'types.cts']) writeFileSync(join(app, name), source);
    const options = { module: 'nodenext', target: 'es2022', strict: true, noEmit: true, skipLibCheck: false, types: ['node'] };
    const compilerOptions = { ...options, typeRoots: [join(root, 'node_modules/@types')], noUncheckedSideEffectImports: true };
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.mts', 'types.cts'] }));
    const { code, stdout } = await run(tool('tsc'), ['-p', '.'], { cwd: app });
    assert.equal(code, 0, stdout);
  });

  test('is clean by publint and by attw', async () => {
    const publint = await run(tool('publint'), ['--strict', '--pack', 'false', join(app, 'node_modules/otelier')], { cwd: app });
    assert.equal(publint.code, 0, publint.stdout);
    // Without the resolution of Node 10, which knows no "exports".
    const attw = await run(tool('attw'), [archive, '--profile', 'node16'], { cwd: app });
    assert.equal(attw.code, 0, attw.stdout);
  });
});

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program with an environment of its own: nothing of npm's or OTel's settings around the test reaches it. */
function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Record<string, string> },
): Promise<Result> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|OTEL|NODE_)/i.test(name));
  const env = { ...Object.fromEntries(inherited), ...options.env };
  return new Promise((resolve) => {
    execFile(program, args, { cwd: options.cwd, env, timeout: 280_000, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr: stderr || (error?.message ?? '') });
    });
  });
}
