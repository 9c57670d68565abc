/** The preload's entry, in the bundle: starts once per process, whoever loads it and however often. */
import packageJson from '../package.json' with { type: 'json' };
import { isLauncher } from './launcher.ts';
import { hasForeignSdk } from './signals/globals.ts';
import { isWorkerThread } from './signals/thread.ts';
import { start } from './start.ts';
import type { Handle } from './start.ts';

const KEY = Symbol.for('otelier');
const globals = globalThis as Record<symbol, unknown>;

function say(line: string): void {
  if (process.env['OTEL_LOG_LEVEL']?.trim().toLowerCase() !== 'none') process.stderr.write(`otelier: ${line}\n`);
}

function register(): void {
  const running = globals[KEY] as Handle | undefined;
  if (running) {
    say(
      `already started (${running.version}); loaded a second time (${packageJson.version}), which does nothing. Remove one --import or --require.`,
    );
    return;
  }
  if (isLauncher(process.argv[1], import.meta.dirname)) return;
  if (isWorkerThread() && process.env['OTELIER_WORKER_THREADS']?.toLowerCase() !== 'true') return;
  if (hasForeignSdk()) {
    say('another OpenTelemetry SDK is registered in this process already; otelier stays out of its way and does nothing. Load only one.');
    return;
  }
  globals[KEY] = start(process.env);
}

try {
  register();
} catch (error) {
  // The app is worth more than its telemetry.
  say(`could not start: ${error instanceof Error ? error.stack : String(error)}`);
  say('the app runs without telemetry.');
}
