/** Turns the arguments of `npm run stack -- ...` into what is to be done. */
import { parseArgs } from 'node:util';
import { serviceOf } from './services.ts';
import type { ServiceName } from './services.ts';
import { checkFolder, defaultFolder } from './state.ts';

export const usage = `Usage: npm run stack [-- options]

Runs the collector, Prometheus, Loki, Jaeger and Alertmanager of docker-compose.yml without Docker: the same files, flags and variables (.env too).
The programs are built from stack/native by Go, once; Ctrl+C stops everything.

  --detach          return when all is ready; --stop ends it
  --only <a,b>      only these services (otel-collector, prometheus, loki, jaeger, alertmanager)
  --fresh           remove what earlier runs kept, then start
  --address <ip>    another loopback address, such as 127.0.0.2, so that a second stack runs beside the first
  --data <folder>   where data, rendered configuration and logs are (default: $XDG_STATE_HOME/otelier/stack or ~/.local/state/otelier/stack)

  --build           only build what is missing
  --status          how each service is; exit code 0 when all run and are ready
  --stop            stop the stack of this folder
  --logs <service>  the last lines of its log
  --help            this text

Exit codes: 0 all went well, 1 something did not start, died or is down, 2 wrong usage.
`;

export type Action = 'run' | 'detach' | 'build' | 'status' | 'stop' | 'logs' | 'help';

export interface Options {
  readonly action: Action;
  readonly data: string;
  readonly address: string | undefined;
  readonly only: readonly ServiceName[] | undefined;
  readonly fresh: boolean;
  readonly logs: ServiceName | undefined;
}

const actions: readonly Action[] = ['detach', 'build', 'status', 'stop', 'logs', 'help'];

/** @throws Error in words for a person. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      detach: { type: 'boolean' },
      build: { type: 'boolean' },
      status: { type: 'boolean' },
      stop: { type: 'boolean' },
      logs: { type: 'string' },
      help: { type: 'boolean' },
      only: { type: 'string' },
      address: { type: 'string' },
      data: { type: 'string' },
      fresh: { type: 'boolean', default: false },
    },
  });
  const asked = actions.filter((action) => action in values);
  if (asked.length > 1) throw new Error(`--${asked.join(' and --')} do not go together. Take one.`);
  const { address } = values;
  if (address !== undefined && !/^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address)) {
    throw new Error(`--address is "${address}". It is a loopback address, 127.x.x.x, because nothing of this stack asks who is there.`);
  }
  return {
    action: asked[0] ?? 'run',
    data: checkFolder(values.data ?? defaultFolder()),
    address,
    only: values.only?.split(',').map((name) => serviceOf(name.trim()).name),
    fresh: values.fresh,
    logs: values.logs === undefined ? undefined : serviceOf(values.logs).name,
  };
}
