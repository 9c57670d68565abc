/** The command line -> what the demo is to do, or the code to exit with. */

import { parseArgs } from 'node:util';

export interface DemoOptions {
  readonly once: boolean;
  readonly rate: number;
  /** Where the telemetry goes instead of the demo's own receiver. */
  readonly otlpUrl: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
}

const usage = `Usage: npm run demo [-- options]

Starts a small shop (storefront, payments, PostgreSQL) with otelier preloaded, sends it customers, and prints
the trace of one order with its log lines, then the metrics, then every request as it finishes. The same, and more,
is to be seen at http://127.0.0.1:4320 meanwhile.

  --once            print the traces and the metrics, then stop everything
  --rate <n>        visits a second (default 4)
  --otlp <url>      send the telemetry there (a collector's http://host:4318), tell where to look, and count the visits;
                    the storefront then listens on port 8080 and payments on 8081
  --database <url>  use this PostgreSQL, postgres://user:password@host:5432/name, instead of the embedded one;
                    the shop's tables are made when they are not there
  --redis <url>     give the storefront a cache, redis://host:6379
  --help            this text

DECLINE_SHARE, ERROR_SHARE, SLOW_SHARE, BUSY_SHARE and TRESPASS_SHARE (0 to 1) say how many of the visits go wrong.
Exit codes: 0 all went well, 1 a process died or no complete trace came, 2 wrong usage.
`;

export function readOptions(args: readonly string[]): DemoOptions | number {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean', default: false },
        rate: { type: 'string', default: '4' },
        otlp: { type: 'string' },
        database: { type: 'string' },
        redis: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(usage);
      return 0;
    }
    const rate = Number(values.rate);
    if (!(rate > 0 && rate <= 100)) throw new RangeError(`--rate is "${values.rate}"; it is a number above 0 and up to 100.`);
    if (values.once && values.otlp !== undefined)
      throw new RangeError('--once shows what the demo receives; with --otlp it receives nothing. Leave out one of them.');
    return {
      once: values.once,
      rate,
      otlpUrl: readUrl('otlp', values.otlp, ['http:', 'https:']),
      databaseUrl: readUrl('database', values.database, ['postgres:', 'postgresql:']),
      redisUrl: readUrl('redis', values.redis, ['redis:', 'rediss:']),
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nnpm run demo -- --help tells more.\n`);
    return 2;
  }
}

function readUrl(name: string, text: string | undefined, schemes: readonly string[]): string | undefined {
  if (text === undefined) return undefined;
  if (!URL.canParse(text) || !schemes.includes(new URL(text).protocol))
    throw new RangeError(`--${name} is "${text}"; it is a URL that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}.`);
  return text.replace(/\/+$/, '');
}
