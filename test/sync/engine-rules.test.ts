/** docs/engine.md names tests that exist, and names each file of the suite of rules. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const rows = readFileSync(join(root, 'docs', 'engine.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| Rule '))
  .map((line) => line.slice(2, -2).split(' | '));
const named = rows.flatMap((cells) =>
  [...cells.at(-1)!.matchAll(/`([a-z-]+)`: ([^()|]+)/g)].map(([, file, name]) => ({ file: file!, name: name!.trim() })),
);

/** Whether some `test(...)` of the file has this name; names with a part that is computed count by what they begin and end with. */
function holds(file: string, name: string): boolean {
  const text = readFileSync(join(root, 'test', 'engine', `${file}.test.ts`), 'utf8');
  return [...text.matchAll(/\btest\(\s*(?:'((?:[^'\\]|\\.)*)'|`([^`]*)`)/g)].some(([, plain, computed]) => {
    if (plain !== undefined) return plain === name;
    const [start = '', end = ''] = [computed!.split('${')[0], computed!.split('}').at(-1)];
    return end !== '' && name.startsWith(start) && name.endsWith(end);
  });
}

test('each rule names a test that exists, or says why there is none', () => {
  assert.ok(rows.length > 100, `${rows.length} rows`);
  for (const { file, name } of named) assert.ok(holds(file, name), `${file}: ${name}`);
  for (const cells of rows)
    assert.match(cells.at(-1)!, /^`[a-z-]+`: |^(Not met|Does not apply|In part|The processor)\b/, cells.join(' | '));
});

test('rows of the same document stand together', () => {
  const documents = rows.filter((cells) => cells.length === 3).map(([, where]) => where!.slice(1).split(' ')[0]!);
  const blocks = documents.filter((document, at) => document !== documents[at - 1]);
  assert.deepEqual(blocks, [...new Set(documents)].toSorted());
});

test('each file of the suite of rules holds one', () => {
  // What the engine does for itself is no rule of the specification.
  const others = new Set(['log-payload', 'span-payload', 'same-app', 'shared-attributes']);
  const files = readdirSync(join(root, 'test', 'engine'))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => name.slice(0, -'.test.ts'.length));
  const used = new Set(named.map(({ file }) => file));
  assert.deepEqual(
    files.filter((file) => !others.has(file) && !used.has(file)),
    [],
  );
});
