/** Command line -> what is to be measured. Pure: problems come back as text, nothing is printed. */
import { parseArgs } from 'node:util';
import { base } from './pairing.ts';
import { shortVariants, variants } from './variants.ts';

export interface BenchOptions {
  readonly kind: 'bench';
  readonly full: boolean;
  readonly sections: readonly string[];
  /** The base is always among them. */
  readonly variants: readonly string[];
  readonly startupRounds: number;
  readonly loadRounds: number;
  /** Of measured load in each sample. */
  readonly seconds: number;
  /** Requests per second of the latency section. */
  readonly rate: number;
  readonly json: string | undefined;
  readonly write: boolean;
}

export interface SoakOptions {
  readonly kind: 'soak';
  readonly variant: string;
  readonly minutes: number;
  /** Requests per second on each of the three apps. */
  readonly rate: number;
}

export type Parsed = BenchOptions | SoakOptions | { readonly kind: 'help' } | { readonly kind: 'problem'; readonly problem: string };

export const sections: readonly string[] = ['startup', 'http', 'express', 'sampled', 'fastify', 'pg', 'latency', 'size'];
const shortSections: readonly string[] = ['startup', 'http', 'express', 'sampled', 'size'];

export const usage = `npm run bench                          start-up, load and size of otelier and upstream, in under 5 minutes
npm run bench -- --full                everything, with the rivals, installed into the cache: over half an hour
npm run bench -- --only http,express --variants bare,otelier --rounds 5 --seconds 4
npm run bench -- --full --write        writes docs/performance.md too
npm run bench -- --soak --minutes 10   memory over time, with the collector up, slow and away

  --only LIST       ${sections.join(', ')}
  --variants LIST   ${Object.keys(variants).join(', ')}
  --rounds N        samples of each variant (default: 5 starts, 3 of load; with --full 7 and 3)
  --seconds S       of load in each sample (default 2; with --full 3)
  --rate N          requests per second: latency (default 400), soak (default 200 for each of four apps)
  --json FILE       all samples, too
  --help`;

/** A mistake in what was typed. */
class Mistake extends Error {}

export function parseOptions(argv: readonly string[]): Parsed {
  try {
    return resolve(parse(argv));
  } catch (error) {
    if (error instanceof Mistake) return { kind: 'problem', problem: error.message };
    throw error;
  }
}

const known = {
  full: { type: 'boolean', default: false },
  soak: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  only: { type: 'string' },
  variants: { type: 'string' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  rate: { type: 'string' },
  minutes: { type: 'string' },
  json: { type: 'string' },
} as const;

type Values = ReturnType<typeof parse>;

// oxlint-disable-next-line typescript/explicit-function-return-type -- parseArgs makes the type of what it is given
function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: known, strict: true }).values;
  } catch (error) {
    throw new Mistake(
      `${(error as Error).message.split('. ')[0]}. There are ${Object.keys(known)
        .map((name) => `--${name}`)
        .join(', ')}.`,
    );
  }
}

function resolve(values: Values): Parsed {
  if (values.help) return { kind: 'help' };
  const rate = values.rate === undefined ? undefined : parseNumber('rate', values.rate, { from: 1, to: 100_000, whole: true });
  const chosen = parseList('variants', values.variants, Object.keys(variants));
  if (values.soak) {
    for (const name of ['full', 'write', 'only', 'rounds', 'seconds', 'json'] as const)
      if (values[name]) throw new Mistake(`--${name} does not go with --soak, which takes --minutes, --rate and --variants.`);
    if (chosen && chosen.length !== 1) throw new Mistake(`--variants is "${values.variants}"; --soak takes one.`);
    return {
      kind: 'soak',
      variant: chosen?.[0] ?? 'otelier',
      minutes: parseNumber('minutes', values.minutes ?? '10', { from: 0.1, to: 1440, whole: false }),
      rate: rate ?? 200,
    };
  }
  if (values.minutes !== undefined) throw new Mistake('--minutes goes with --soak only.');
  if (values.write && !values.full) throw new Mistake('--write goes with --full only: docs/performance.md shows everything.');
  const rounds = values.rounds === undefined ? undefined : parseNumber('rounds', values.rounds, { from: 1, to: 1000, whole: true });
  const names = chosen ?? (values.full ? Object.keys(variants) : shortVariants);
  return {
    kind: 'bench',
    full: values.full,
    sections: parseList('only', values.only, sections) ?? (values.full ? sections : shortSections),
    variants: [base, ...names.filter((name) => name !== base)],
    startupRounds: rounds ?? (values.full ? 7 : 5),
    loadRounds: rounds ?? 3,
    seconds: parseNumber('seconds', values.seconds ?? (values.full ? '3' : '2'), { from: 0.1, to: 3600, whole: false }),
    rate: rate ?? 400,
    json: values.json,
    write: values.write,
  };
}

/** In the order of `allowed`, each once. */
function parseList(option: string, text: string | undefined, allowed: readonly string[]): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !allowed.includes(name));
  if (unknown !== undefined) throw new Mistake(`--${option} names "${unknown}"; there are ${allowed.join(', ')}.`);
  return allowed.filter((name) => names.includes(name));
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly whole: boolean;
}

function parseNumber(option: string, text: string, { from, to, whole }: Range): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!(value >= from && value <= to) || (whole && !Number.isInteger(value)))
    throw new Mistake(`--${option} is "${text}"; it takes a ${whole ? 'whole ' : ''}number from ${from} to ${to}.`);
  return value;
}
