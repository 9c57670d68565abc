/** Lists of instrumentations, the options file and `OTELIER_INSTRUMENTATION_*` -> what is on, and with which options. */
import { nearestName } from './nearest.ts';
import { describeOptionKind, describeValue, fitsOption, isObject, parseJsonObject, parseOption } from './option-kind.ts';
import { formatItems, type Reader } from './read.ts';
import { revealPath, revealText } from './reveal.ts';
import { createFrozenSet } from './freeze.ts';
import type { FileReader } from './read-file.ts';
import type { Config, InstrumentationTable, OptionKind, OptionValue } from './types.ts';
import { INSTRUMENTATION_PREFIX } from './variables.ts';

type Options = Record<string, Record<string, OptionValue>>;

const LONG_FORMS = ['@opentelemetry/instrumentation-', 'opentelemetry-instrumentation-', 'instrumentation-'];

export function resolveInstrumentations(read: Reader, readFile: FileReader, table: InstrumentationTable): Config['instrumentations'] {
  const options: Options = {};
  readOptionsFile(read, readFile, table, options);
  readOptionVariables(read, table, options);
  const enabled = resolveNames('OTEL_NODE_ENABLED_INSTRUMENTATIONS', read, table);
  return {
    enabled: enabled && createFrozenSet(enabled),
    disabled: createFrozenSet(resolveNames('OTEL_NODE_DISABLED_INSTRUMENTATIONS', read, table) ?? []),
    verbose: read.boolean('OTELIER_VERBOSE_SPANS'),
    options,
  };
}

/** `@opentelemetry/instrumentation-pg`, `PG` -> `pg`; undefined for what the table does not have. */
function parseInstrumentationName(text: string, table: InstrumentationTable): string | undefined {
  const name = text.trim().toLowerCase();
  if (Object.hasOwn(table, name)) return name;
  const prefix = LONG_FORMS.find((form) => name.startsWith(form));
  const short = prefix === undefined ? name : name.slice(prefix.length);
  return Object.hasOwn(table, short) ? short : undefined;
}

function nearestInstrumentation(text: string, table: InstrumentationTable): string | undefined {
  const name = text.toLowerCase();
  const prefix = LONG_FORMS.find((form) => name.startsWith(form));
  return nearestName(prefix === undefined ? name : name.slice(prefix.length), Object.keys(table));
}

function resolveNames(variable: string, read: Reader, table: InstrumentationTable): readonly string[] | undefined {
  const listed = read.list(variable);
  if (listed === undefined || listed.length === 0) return undefined;
  const names: string[] = [];
  const unknown: string[] = [];
  for (const item of listed) {
    const name = parseInstrumentationName(item, table);
    if (name !== undefined) names.push(name);
    else if (item.toLowerCase() !== 'none') unknown.push(item);
  }
  if (unknown.length > 0) {
    const hints = unknown.map((item) => nearestInstrumentation(item, table)).filter((hint) => hint !== undefined);
    const now =
      names.length > 0
        ? `Using ${names.join(',')}.`
        : variable === 'OTEL_NODE_ENABLED_INSTRUMENTATIONS'
          ? 'No instrumentation is on.'
          : 'Nothing is switched off by it.';
    const advice =
      hints.length > 0 ? `Did you mean ${[...new Set(hints)].slice(0, 5).join(', ')}?` : 'Use short names such as http, express or pg.';
    read.report(
      variable,
      `${variable} names ${formatItems(unknown)}; only instrumentations that otelier has are allowed. ${now} ${advice}`,
    );
  }
  return names;
}

function readOptionsFile(read: Reader, readFile: FileReader, table: InstrumentationTable, options: Options): void {
  const variable = 'OTELIER_INSTRUMENTATIONS_FILE';
  const path = read.text(variable);
  if (path === undefined) return;
  const shownPath = revealPath(path);
  const file = readFile(path);
  if ('wrong' in file) {
    read.report(
      variable,
      `${variable} names the file "${shownPath}", which cannot be read (${file.wrong}). Going on without it. Check the path and its permissions.`,
    );
    return;
  }
  const content = parseJsonObject(file.text);
  if ('wrong' in content) {
    read.report(shownPath, `${shownPath} is not what ${variable} takes; ${content.wrong}. Going on without it. ${content.remedy}`);
    return;
  }
  for (const [key, given] of Object.entries(content.value)) {
    const name = parseInstrumentationName(key, table);
    if (name === undefined) {
      const nearest = nearestInstrumentation(key, table);
      read.report(
        shownPath,
        `${shownPath} names "${revealText(key)}"; only instrumentations that otelier has are allowed. That entry is ignored. ${nearest === undefined ? 'Use short names such as http, express or pg.' : `Did you mean ${nearest}?`}`,
      );
    } else if (isObject(given)) {
      for (const [option, value] of Object.entries(given)) takeOption(name, option, value);
    } else {
      read.report(
        shownPath,
        `${shownPath} gives ${name} ${describeValue(given)}; an object of options is allowed. That entry is ignored. Write { "${name}": { ... } }.`,
      );
    }
  }

  function takeOption(name: string, option: string, value: unknown): void {
    const kinds = table[name]!;
    if (!Object.hasOwn(kinds, option)) {
      read.report(
        shownPath,
        `${shownPath} sets ${name}.${revealText(option)}, which ${name} does not have. It is ignored. ${adviseOption(option, name, kinds)}`,
      );
      return;
    }
    const kind = kinds[option]!;
    if (fitsOption(value, kind)) setOption(options, name, option, value);
    else
      read.report(
        shownPath,
        `${shownPath} sets ${name}.${option} to ${describeValue(value)}; ${describeOptionKind(kind)} is allowed. It is ignored. Correct or remove it.`,
      );
  }
}

function readOptionVariables(read: Reader, table: InstrumentationTable, options: Options): void {
  let known: ReadonlyMap<string, readonly [name: string, option: string]> | undefined;
  for (const [variable, text] of read.raw) {
    if (!variable.startsWith(INSTRUMENTATION_PREFIX)) continue;
    known ??= createOptionVariables(table);
    const found = known.get(variable);
    if (found === undefined) {
      reportUnknown(variable, known);
      continue;
    }
    const [name, option] = found;
    const kind = table[name]![option]!;
    const parsed = parseOption(text, kind);
    if ('value' in parsed) setOption(options, name, option, parsed.value);
    else
      read.report(
        variable,
        `${variable} is ${kind === 'object' ? 'not right' : `"${revealText(text)}"`}; ${parsed.wrong}. It is ignored. ${parsed.remedy}`,
      );
  }

  function reportUnknown(variable: string, variables: ReadonlyMap<string, unknown>): void {
    const name = Object.keys(table).find((short) => variable === formatOptionVariable(short, 'enabled'));
    const nearest = nearestName(variable, variables.keys(), Math.floor((variable.length - INSTRUMENTATION_PREFIX.length) / 2));
    const advice =
      name !== undefined
        ? `Name ${name} in OTEL_NODE_ENABLED_INSTRUMENTATIONS or OTEL_NODE_DISABLED_INSTRUMENTATIONS instead.`
        : nearest !== undefined
          ? `Did you mean ${nearest}?`
          : `Its form is ${INSTRUMENTATION_PREFIX}<NAME>_<OPTION>.`;
    read.report(revealText(variable), `${revealText(variable)} is not an option that otelier knows. It is ignored. ${advice}`);
  }
}

/** Variable name -> instrumentation and option, for every option of the table. */
export function createOptionVariables(table: InstrumentationTable): ReadonlyMap<string, readonly [name: string, option: string]> {
  const variables = new Map<string, readonly [string, string]>();
  for (const [name, kinds] of Object.entries(table)) {
    for (const option of Object.keys(kinds)) variables.set(formatOptionVariable(name, option), [name, option]);
  }
  return variables;
}

/** `pg`, `enhancedDatabaseReporting` -> `OTELIER_INSTRUMENTATION_PG_ENHANCED_DATABASE_REPORTING`. */
export function formatOptionVariable(name: string, option: string): string {
  return `${INSTRUMENTATION_PREFIX}${toUpperSnake(name)}_${toUpperSnake(option)}`;
}

/** `socket.io`, `aws-sdk`, `enhancedDatabaseReporting` -> `SOCKET_IO`, `AWS_SDK`, `ENHANCED_DATABASE_REPORTING`. */
function toUpperSnake(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
}

function adviseOption(option: string, name: string, kinds: Readonly<Record<string, OptionKind>>): string {
  if (option === 'enabled') return `Name ${name} in OTEL_NODE_ENABLED_INSTRUMENTATIONS or OTEL_NODE_DISABLED_INSTRUMENTATIONS instead.`;
  const nearest = nearestName(option, Object.keys(kinds));
  if (nearest !== undefined) return `Did you mean ${nearest}?`;
  const all = Object.keys(kinds);
  return all.length === 0 ? `${name} has no options.` : `Its options: ${all.join(', ')}.`;
}

function setOption(options: Options, name: string, option: string, value: OptionValue): void {
  (options[name] ??= {})[option] = value;
}
