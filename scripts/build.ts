/**
 * Turns src/ into what is published, in dist/: one CommonJS bundle per entry, their types, the viewer's page, the licences and the bill of materials
 * of what is bundled. `--watch` does it again whenever a source changes.
 */
import { createHash } from 'node:crypto';
import { createBundler, type Bundled } from './bundle.ts';
import { writeDeclarations } from './declarations.ts';
import { replaceFile } from './files.ts';
import { formatLicences, formatSbom, readBundledPackages } from './third-party.ts';
import { join } from 'node:path';
import { createPageBundler } from './viewer.ts';

const root = join(import.meta.dirname, '..');
const watch = process.argv.includes('--watch');
const entries = ['register', 'index', 'testing'];
/** Bundles that are no entry of the package: the worker of the last delivery, what few processes need (src/lazy), the command and its threads. */
const innerEntries = [
  ...['export/deliver', 'lazy/declarative', 'lazy/cloud-detectors', 'lazy/host-metrics'],
  ...['cli', 'viewer-thread', 'viewer-sql'],
];

/** otel.js tells by the last line whether a code cache belongs to this very bundle. */
function withDigest(contents: Uint8Array): Uint8Array {
  return Buffer.concat([contents, Buffer.from(`//${createHash('sha256').update(contents).digest('hex').slice(0, 16)}\n`)]);
}

/** Writes dist/ anew. The bill of materials comes last: its time says when the build was done (scripts/first.mjs looks at it). */
function publish({ files, inputs }: Bundled, startedAt: number): void {
  const dist = join(root, 'dist');
  const packages = readBundledPackages(root, [...inputs, ...page.inputs]);
  for (const { path, contents } of files) replaceFile(path, withDigest(contents));
  writeDeclarations(root, entries);
  replaceFile(join(dist, 'THIRD-PARTY-LICENSES.txt'), formatLicences(packages));
  replaceFile(join(dist, 'sbom.json'), formatSbom(root, packages));
  const sizes = files.map(({ path, contents }) => `${path.slice(root.length + 1)} ${Math.ceil(contents.length / 1024)} KB`);
  console.log(`${sizes.join(', ')}; ${packages.length} packages built in; ${Math.round(performance.now() - startedAt)} ms`);
}

const page = await createPageBundler(root);
const bundler = await createBundler({ root, entries: [...entries, ...innerEntries], publish });
if (watch) {
  await page.build();
  await page.watch();
  await bundler.watch();
  console.log('Watching src/; Ctrl+C ends it.');
} else {
  try {
    const sizes = await page.build();
    console.log([...sizes].map(([name, bytes]) => `dist/viewer/${name} ${Math.ceil(bytes / 1024)} KB`).join(', '));
    await bundler.build();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    await page.dispose();
    await bundler.dispose();
  }
}
