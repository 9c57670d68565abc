/**
 * `npm run demo`: starts the shop and shows what telemetry comes of it, or sends that elsewhere (`--otlp`). The services know nothing of otelier: all
 * they get is `--import ./otel.js` and environment variables.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DemoFailed } from './demo-failed.ts';
import { readOptions } from './options.ts';
import type { Shop } from './shop.ts';
import { startShop } from './shop.ts';
import { showElsewhere } from './show-elsewhere.ts';
import { showHere, startReception } from './show-here.ts';
import { paint, print, say } from './show/print.ts';

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'number') return options;
  const preload = join(fileURLToPath(new URL('../..', import.meta.url)), 'otel.js');
  if (!existsSync(preload) || !existsSync(join(preload, '../dist'))) {
    process.stderr.write('otelier is not built yet. Run "npm run build" first.\n');
    return 1;
  }

  const { otlpUrl, rate, databaseUrl, redisUrl } = options;
  const reception = otlpUrl === undefined ? await startReception({ withPage: !options.once }) : undefined;
  const endpoint = otlpUrl ?? reception!.receiver.url;
  say([{ text: 'otelier demo', colour: 'bold' }, { text: '  a shop that knows nothing of telemetry, under node --import ./otel.js' }]);
  print('');
  const over = new AbortController(); // ends every wait, so that nothing keeps this process alive
  // A collector may ask the services how they are: it knows them by these ports.
  const ports = otlpUrl === undefined ? undefined : { storefront: 8080, payments: 8081 };
  const shop = await startShop({ preload, otlpUrl: endpoint, rate, databaseUrl, redisUrl, ports, signal: over.signal });
  const interrupted = untilInterrupted(shop);

  let failure: string | undefined;
  try {
    await Promise.race([
      reception === undefined ? showElsewhere(shop, endpoint, over.signal) : showHere(shop, reception, options.once, over.signal),
      interrupted,
      shop.died.then((message) => {
        throw new DemoFailed(message);
      }),
    ]);
  } catch (error) {
    if (!(error instanceof DemoFailed)) throw error;
    failure = error.message;
  } finally {
    if (reception !== undefined) reception.live = false;
    over.abort();
    const problems = await shop.stop();
    await reception?.close();
    failure ??= problems.length > 0 ? problems.join('\n') : undefined;
  }
  if (failure === undefined) print('', paint('dim', 'Everything has stopped.'));
  else process.stderr.write(`\n${failure}\n`);
  return failure === undefined ? 0 : 1;
}

/** Resolves at the first signal, or when the reader of our output has gone; a second signal waits for no one. */
function untilInterrupted(shop: Shop): Promise<void> {
  return new Promise((resolve) => {
    let firstMs: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        resolve();
        firstMs ??= Date.now();
        if (Date.now() - firstMs < 500) return; // one Ctrl+C can come twice: from the terminal, and handed on by npm
        shop.kill();
        process.exit(130);
      });
    }
    process.stdout.on('error', () => resolve());
  });
}
