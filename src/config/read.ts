/** The environment, read through the table: each value parsed, or told as a Problem and replaced by what holds instead. */
import { nearestName } from './nearest.ts';
import {
  parseAttributes,
  parseBoolean,
  parseChoice,
  parseChoices,
  parseHeaders,
  parseInteger,
  parseList,
  parseRatio,
  type Pairs,
  type Parsed,
} from './parse.ts';
import { revealText, revealValue } from './reveal.ts';
import type { Env, Problem } from './types.ts';
import {
  formatSignalName,
  INSTRUMENTATION_PREFIX,
  MAX_TIMER_MS,
  VARIABLES,
  type ChoiceWords,
  type SignalWord,
  type Variable,
} from './variables.ts';

/** How many things of one variable are told one by one. */
const MAX_TOLD = 5;
/** Edits within which a standard variable that otelier does not know is taken for a slip of the pen. */
const MAX_SLIP = 2;

/**
 * Values of the variables that are set. With `signal`, the per-signal form is asked first. A value that is wrong becomes a Problem, once,
 * and the more general variable or the default holds.
 */
export interface Reader {
  /** The variables that are set and not empty, trimmed; only names that begin with `OTEL`. */
  readonly raw: ReadonlyMap<string, string>;
  readonly problems: Problem[];
  readonly report: (source: string, message: string) => void;
  /** `NAME is "value"`, as far as it may be shown. */
  readonly quote: (name: string) => string;
  readonly boolean: (name: string, signal?: SignalWord) => boolean;
  /** For rows that have a default. */
  readonly integer: (name: string, signal?: SignalWord) => number;
  /** For rows that have none. */
  readonly optionalInteger: (name: string) => number | undefined;
  readonly ratio: (name: string) => number;
  readonly choice: <Name extends keyof ChoiceWords>(name: Name, signal?: SignalWord) => ChoiceWords[Name];
  /** Never empty. `none` stands alone, or not at all. */
  readonly choices: <Name extends keyof ChoiceWords>(name: Name) => readonly ChoiceWords[Name][];
  readonly list: (name: string) => readonly string[] | undefined;
  readonly text: (name: string, signal?: SignalWord) => string | undefined;
  /** Pairs of the variable and of its per-signal form, which wins name by name. */
  readonly pairs: (name: string, signal?: SignalWord) => Readonly<Record<string, string>>;
}

export function createReader(env: Env): Reader {
  const raw = collectVariables(env);
  const problems: Problem[] = [];
  const told = new Set<string>();

  function report(source: string, message: string): void {
    const key = `${source}\n${message}`;
    if (told.has(key)) return;
    told.add(key);
    problems.push({ source, message });
  }

  function quote(name: string): string {
    return `${name} is "${revealValue(name, raw.get(name) ?? '')}"`;
  }

  /** The value of the first of the set names that is right, else `last`. */
  function readFirst<Value>(names: readonly string[], row: Variable, parse: (text: string) => Parsed<Value>, last: Value): Value {
    const [name, ...rest] = names;
    if (name === undefined) return last;
    const parsed = parse(raw.get(name)!);
    if ('value' in parsed) return parsed.value;
    const instead = readFirst(rest, row, parse, last);
    const now = row.otherwise ?? (instead === undefined ? 'It is ignored.' : `Using ${String(instead)}.`);
    report(name, `${quote(name)}; ${parsed.wrong}. ${now} ${row.remedy ?? parsed.remedy}`);
    return instead;
  }

  /** The names that are set, the first wins: the per-signal form, the variable itself, the more general one. */
  function namesOf(name: string, signal?: SignalWord, general?: string): string[] {
    const names: string[] = [];
    if (signal !== undefined && raw.has(formatSignalName(name, signal))) names.push(formatSignalName(name, signal));
    if (raw.has(name)) names.push(name);
    if (general !== undefined && raw.has(general)) names.push(general);
    return names;
  }

  function readVariable<Value>(name: string, signal: SignalWord | undefined, parse: (text: string, row: Variable) => Parsed<Value>): Value {
    const row = VARIABLES.get(name)!;
    const names = namesOf(name, signal, row.general);
    // Most variables are unset in most processes, and this runs before the first line of the app.
    if (names.length === 0) return row.default as Value;
    return readFirst(names, row, (text) => parse(text, row), row.default as Value);
  }

  function readChoices<Name extends keyof ChoiceWords>(name: Name): readonly ChoiceWords[Name][] {
    const row = VARIABLES.get(name)!;
    const words = row.choices as readonly ChoiceWords[Name][];
    if (!raw.has(name)) return String(row.default).split(',') as ChoiceWords[Name][];
    const { value, unknown } = parseChoices(raw.get(name) ?? '', words);
    const none = 'none' as ChoiceWords[Name];
    const chosen = value.length === 0 ? parseChoices(String(row.default), words).value : value.includes(none) ? [none] : value;
    if (unknown.length > 0) {
      const nearest = unknown.length === 1 ? nearestName(unknown[0]!.toLowerCase(), words) : undefined;
      const advice = nearest === undefined ? 'Set it to some of these.' : `Did you mean ${nearest}?`;
      report(name, `${name} names ${formatItems(unknown)}; allowed: ${words.join(', ')}. Using ${chosen.join(',')}. ${advice}`);
    }
    if (value.length > 1 && value.includes(none)) {
      report(name, `${quote(name)}; none cannot stand beside others. Using none. Remove none to use the others.`);
    }
    return chosen;
  }

  function readPairs(name: string, signal: SignalWord | undefined): Readonly<Record<string, string>> {
    const parse: (text: string) => Pairs = VARIABLES.get(name)!.kind === 'headers' ? parseHeaders : parseAttributes;
    const parts = namesOf(name, signal)
      .reverse()
      .map((source) => {
        const { value, dropped } = parse(raw.get(source)!);
        for (const { position, why } of dropped.slice(0, MAX_TOLD)) {
          report(
            source,
            `Pair ${position} of ${source} is wrong: ${why}; key=value pairs with commas between them are allowed. That pair is left out, the others hold. Mend or remove that pair.`,
          );
        }
        if (dropped.length > MAX_TOLD)
          report(source, `${dropped.length - MAX_TOLD} more pairs of ${source} are wrong. They are left out. Mend or remove them.`);
        return value;
      });
    if (parts.length <= 1) return parts[0] ?? {};
    return Object.fromEntries(parts.flatMap((part) => Object.entries(part)));
  }

  return {
    raw,
    problems,
    report,
    quote,
    boolean: (name, signal) => readVariable(name, signal, parseBoolean),
    integer: (name, signal) => readVariable<number>(name, signal, parseLimited),
    optionalInteger: (name) => readVariable<number | undefined>(name, undefined, parseLimited),
    ratio: (name) => readVariable(name, undefined, parseRatio),
    choice: <Name extends keyof ChoiceWords>(name: Name, signal?: SignalWord) =>
      readVariable(name, signal, (text, row) => parseChoice(text, row.choices as readonly ChoiceWords[Name][])),
    choices: readChoices,
    list: (name) => (raw.has(name) ? parseList(raw.get(name)!) : undefined),
    text: (name, signal) => readVariable<string | undefined>(name, signal, (text) => ({ value: text })),
    pairs: readPairs,
  };
}

/** Tells of names that look like variables but are none: any `OTELIER_*`, and `OTEL_*` that are a slip away from a known one. */
export function checkVariableNames({ raw, report }: Reader): void {
  for (const name of raw.keys()) {
    if (VARIABLES.has(name) || name.startsWith(INSTRUMENTATION_PREFIX)) continue;
    const ours = name.startsWith('OTELIER_');
    if (!ours && !name.startsWith('OTEL_')) continue;
    const nearest = nearestName(name, VARIABLES.keys(), ours ? Math.floor((name.length - 'OTELIER_'.length) / 3) : MAX_SLIP);
    if (nearest === undefined && !ours) continue;
    const advice = nearest === undefined ? 'Look up its name in the table of variables, or remove it.' : `Did you mean ${nearest}?`;
    report(revealText(name), `${revealText(name)} is not a variable that otelier knows. It is ignored. ${advice}`);
  }
}

/** The values between quotes, each cut, not more than a few. */
export function formatItems(items: readonly string[]): string {
  const shown = items
    .slice(0, MAX_TOLD)
    .map((item) => `"${revealText(item)}"`)
    .join(', ');
  return items.length > MAX_TOLD ? `${shown} and ${items.length - MAX_TOLD} more` : shown;
}

function collectVariables(env: Env): Map<string, string> {
  const raw = new Map<string, string>();
  for (const name of Object.keys(env)) {
    if (!name.startsWith('OTEL')) continue;
    const text = env[name];
    const trimmed = typeof text === 'string' ? text.trim() : '';
    // An empty value is the same as none: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#parsing-empty-value
    if (trimmed !== '') raw.set(name, trimmed);
  }
  return raw;
}

function parseLimited(text: string, { min = 0, max = MAX_TIMER_MS, unit, zeroIsUnlimited }: Variable): Parsed<number> {
  const parsed = parseInteger(text, unit === undefined ? { min, max } : { min, max, unit });
  return zeroIsUnlimited && 'value' in parsed && parsed.value === 0 ? { value: MAX_TIMER_MS } : parsed;
}
