/** Turns the list of bundled files into the packages they came from, their licence texts, and a CycloneDX bill of materials. */
import type { Bundled } from './bundle.ts';
import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly licence: string;
  readonly licenceText: string;
  /** Subresource integrity of the archive it was installed from. */
  readonly integrity: string | undefined;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
}

/**
 * The packages behind `inputs`, sorted by name.
 * @throws when a package is built in in two versions, an OTel package is not taken in its CommonJS form, or a licence is unknown.
 */
export function readBundledPackages(root: string, inputs: Bundled['inputs']): readonly BundledPackage[] {
  const folders = new Set<string>();
  for (const { path, format } of inputs) {
    const folder = /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
    if (folder === undefined) continue;
    if (format === 'esm' && /\/@opentelemetry\//.test(folder)) throw new Error(`${path} is taken as ESM: a second copy of its package.`);
    folders.add(folder);
  }
  const locked = (JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, { integrity?: string }> })
    .packages;
  const packages = [...folders].map((folder) =>
    readPackage(root, folder, locked[folder.slice(folder.indexOf('node_modules/'))]?.integrity),
  );
  packages.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const [i, { name, version }] of packages.entries()) {
    const next = packages[i + 1];
    if (next?.name === name)
      throw new Error(`${name} is built in twice, as ${version} and ${next.version}. Pin one of them in package.json's "overrides".`);
  }
  return packages;
}

function readPackage(root: string, folder: string, integrity: string | undefined): BundledPackage {
  const path = join(root, folder);
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest;
  const { name, version, license: licence } = manifest;
  const files = globSync(['{LICENSE,LICENCE,License,license,licence,COPYING,NOTICE}{,.*,-*}', 'LICENSES/*'], { cwd: path })
    .filter((file) => statSync(join(path, file)).isFile())
    .sort();
  const texts = files.map((file) => readFileSync(join(path, file), 'utf8').trim());
  if (licence === undefined) throw new Error(`${folder} does not name its licence.`);
  if (!files.some((file) => !file.startsWith('NOTICE'))) texts.unshift(deriveText(root, folder, manifest));
  return { name, version, licence, licenceText: texts.join('\n\n'), integrity };
}

/** The text of a licence that its package names but does not enclose. */
function deriveText(root: string, folder: string, { license, author }: Manifest): string {
  const holder = typeof author === 'string' ? author : author?.name;
  if (license === 'Apache-2.0') return readFileSync(join(root, 'LICENSE'), 'utf8').trim();
  if (license === 'MIT' && holder) return `MIT License\n\nCopyright (c) ${holder}\n\n${mit}`;
  throw new Error(`${folder} encloses no licence text, and that of "${license}" cannot be derived.`);
}

const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS
IN THE SOFTWARE.`;

/** One section per licence text, headed by the packages it covers: most OTel packages enclose the same one. */
export function formatLicences(packages: readonly BundledPackage[]): string {
  const covered = new Map<string, string[]>();
  for (const { name, version, licence, licenceText } of packages) {
    covered.set(licenceText, [...(covered.get(licenceText) ?? []), `${name} ${version} (${licence})`]);
  }
  const rule = '='.repeat(80);
  const sections = [...covered].map(([text, names]) => `${rule}\n${names.join('\n')}\n${rule}\n\n${text}\n`);
  return `otelier builds these packages in. Each section names them and gives their licence.\n\n${sections.join('\n')}`;
}

/** CycloneDX 1.6, the same bytes for the same packages. */
export function formatSbom(root: string, packages: readonly BundledPackage[]): string {
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const components = packages.map((each) => component(each, each.licence, each.integrity));
  const digest = createHash('sha256')
    .update(JSON.stringify([own.version, components]))
    .digest('hex');
  const uuid = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  const sbom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuid}`,
    version: 1,
    metadata: { component: component(own, own.license ?? '', undefined) },
    components,
  };
  return `${JSON.stringify(sbom, null, 2)}\n`;
}

function component(
  { name, version }: { readonly name: string; readonly version: string },
  licence: string,
  integrity: string | undefined,
): object {
  const [group, plainName] = name.startsWith('@') ? (name.split('/') as [string, string]) : [undefined, name];
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const [algorithm, hash] = integrity?.split('-') ?? [];
  return {
    type: 'library',
    'bom-ref': purl,
    ...(group && { group }),
    name: plainName,
    version,
    purl,
    licenses: [/[ (]/.test(licence) ? { expression: licence } : { license: { id: licence } }],
    ...(algorithm === 'sha512' && hash && { hashes: [{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }] }),
  };
}
