/** The table of options against the type declarations of the installed packages: an option that is added, dropped or changes kind fails here. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { OptionKind } from '../../src/config/types.ts';
import { catalogue, type CatalogueEntry } from '../../src/instrument/catalogue.ts';
import { instrumentationOptions } from '../../src/instrument/options.ts';

const require = createRequire(import.meta.url);
const requireFromAuto = createRequire(require.resolve('@opentelemetry/auto-instrumentations-node'));
const LOGGERS = ['bunyan', 'pino', 'winston'];

/** All type declarations of a package as one text, without comments. */
function readDeclarations(packageName: string): string {
  const root = dirname(requireFromAuto.resolve(packageName)).replace(/\/dist$/, '');
  const files = globSync(['dist/**/*.d.cts', 'types/*.d.ts'], { cwd: root });
  assert.ok(files.length > 0, `${packageName} has type declarations`);
  const text = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
  return text.replace(/\/\*.*?\*\//gs, '').replace(/^\s*\/\/.*$/gm, '');
}

/** Cuts a text at the separators that stand outside all brackets. */
function splitOutside(text: string, separators: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const [index, char] of [...text].entries()) {
    const arrow = char === '>' && text[index - 1] === '=';
    if ('{([<'.includes(char)) depth++;
    else if ('})]>'.includes(char) && !arrow) depth--;
    if (depth === 0 && separators.includes(char)) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** The text from a `{` to its `}`, both left out. */
function bodyAt(text: string, open: number): string {
  let depth = 0;
  for (let index = open; index < text.length; index++) {
    if (text[index] === '{') depth++;
    else if (text[index] === '}' && --depth === 0) return text.slice(open + 1, index);
  }
  throw new Error('A declaration has no closing brace.');
}

/** The members of the type that the instrumentation's constructor takes: option name to the text of its type. */
function parseConfig(declarations: string, exportName: string): Map<string, string> {
  const start = declarations.search(new RegExp(`class ${exportName}\\b`));
  assert.ok(start >= 0, `class ${exportName} is declared`);
  const typeName = /constructor\s*\(config\?:\s*([\w$]+)/.exec(declarations.slice(start))?.[1];
  assert.ok(typeName, `the constructor of ${exportName} takes a config`);
  if (typeName === 'InstrumentationConfig') return new Map();

  const escaped = typeName.replace('$', '\\$');
  if (new RegExp(`type ${escaped} = InstrumentationConfig;`).test(declarations)) return new Map();
  const head = new RegExp(`interface ${escaped}(<[^{]*>)? extends InstrumentationConfig \\{`).exec(declarations);
  assert.ok(head, `interface ${typeName} is declared, and extends InstrumentationConfig alone`);
  const members = splitOutside(bodyAt(declarations, head.index + head[0].length - 1), ';\n');
  return new Map(
    members.map((member) => {
      const parts = /^(\w+)\?:\s*(.+)$/s.exec(member);
      assert.ok(parts, `a member of ${typeName} is understood: ${member}`);
      return [parts[1] as string, parts[2] as string];
    }),
  );
}

function isFunction(type: string, declarations: string): boolean {
  if (/^\(.*=>/s.test(type)) return true;
  const name = /^(\w+)(<.*>)?$/s.exec(type)?.[1];
  return name !== undefined && new RegExp(`interface ${name}\\b[^{]*\\{\\s*\\(|type ${name}\\b[^=]*=\\s*\\(`).test(declarations);
}

/** Undefined: only functions. A union of values counts as the first kind that it holds, in the order below. */
function kindOf(type: string, declarations: string): OptionKind | undefined {
  const values = splitOutside(type, '|').filter((alternative) => !isFunction(alternative, declarations));
  if (values.length === 0) return undefined;
  if (values.includes('boolean')) return 'boolean';
  if (values.includes('number') || values.includes('SeverityNumber')) return 'number';
  if (values.some((value) => value.endsWith('[]'))) return 'list';
  if (values.includes('string')) return 'string';
  if (values.some((value) => value.startsWith('{') || value.startsWith('Record<'))) return 'object';
  throw new Error(`The kind of "${type}" is not known.`);
}

function upstreamOptions(packageName: string, exportName: string): Record<string, OptionKind> {
  const declarations = readDeclarations(packageName);
  const options: Record<string, OptionKind> = {};
  for (const [name, type] of parseConfig(declarations, exportName)) {
    const kind = kindOf(type, declarations);
    if (kind !== undefined) options[name] = kind;
  }
  return options;
}

const isOwn = (entry: CatalogueEntry) => entry.package === 'otelier';

test('the table has a row for each instrumentation of the catalogue, and no other', () => {
  assert.deepEqual(Object.keys(instrumentationOptions).sort(), catalogue.map((entry) => entry.name).sort());
});

for (const entry of catalogue.filter((candidate) => !isOwn(candidate))) {
  test(`the options of ${entry.name} are the ones that ${entry.package} declares`, () => {
    assert.deepEqual(instrumentationOptions[entry.name], upstreamOptions(entry.package, entry.exportName));
  });
}

test('the options of our own bridges to loggers bear names that upstream uses, of the same kind', () => {
  for (const name of LOGGERS) {
    const exportName = `${name[0]?.toUpperCase()}${name.slice(1)}Instrumentation`;
    const upstream = upstreamOptions(`@opentelemetry/instrumentation-${name}`, exportName);
    for (const [option, kind] of Object.entries(instrumentationOptions[name] ?? {}))
      assert.equal(upstream[option], kind, `${name}: ${option}`);
  }
});

test('the parse finds options, hooks and nested objects in a declaration', () => {
  const declarations = `
    interface Hook<T = any> { (span: Span): void; }
    type Match = string | RegExp | ((url: string) => boolean);
    export interface FooConfig<T = any> extends InstrumentationConfig {
      hook?: Hook<T>;
      flag?: boolean
      match?: Match | Match[];
      headers?: {
        client?: string[];
      };
      inline?: (info: { a: string; b: number }) => boolean;
      mixed?: string | ((url: string) => boolean);
    }
    declare class Foo extends InstrumentationBase<FooConfig> { constructor(config?: FooConfig); }`;
  const kinds = [...parseConfig(declarations, 'Foo')].map(([name, type]) => [name, kindOf(type, declarations)]);
  assert.deepEqual(Object.fromEntries(kinds), {
    hook: undefined,
    flag: 'boolean',
    match: 'list',
    headers: 'object',
    inline: undefined,
    mixed: 'string',
  });
});
