/** The environment of this process -> that of the command: otelier is preloaded there and sends here. */
import { pathToFileURL } from 'node:url';

export interface Target {
  /** Base URL of OTLP/HTTP. */
  readonly endpoint: string;
  readonly token: string | undefined;
  /** otel.js of this package. */
  readonly preload: string;
}

export interface CommandEnvironment {
  readonly env: NodeJS.ProcessEnv;
  /** What a person should know: settings that do not count for this run, or that keep telemetry away. */
  readonly notes: readonly string[];
}

/** Wherever the settings send to otherwise, under `otelier dev` it goes to the page. */
const REPLACED =
  /^OTEL_EXPORTER_OTLP_(?:(?:TRACES|METRICS|LOGS)_)?(?:ENDPOINT|PROTOCOL|HEADERS|CERTIFICATE|CLIENT_KEY|CLIENT_CERTIFICATE|INSECURE)$/;

/** So that something shows within a second or two, and an app that dies among the errors. */
const DEFAULTS: Readonly<Record<string, string>> = {
  OTEL_METRIC_EXPORT_INTERVAL: '2000',
  OTEL_METRIC_EXPORT_TIMEOUT: '2000',
  OTEL_BSP_SCHEDULE_DELAY: '500',
  OTEL_BLRP_SCHEDULE_DELAY: '500',
  OTELIER_INSTRUMENTATION_RUNTIME_NODE_CAPTURE_UNCAUGHT_EXCEPTION: 'true',
};

export function createEnvironment(given: NodeJS.ProcessEnv, { endpoint, token, preload }: Target): CommandEnvironment {
  const replaced = Object.keys(given).filter((name) => REPLACED.test(name) && given[name] !== '');
  const env: NodeJS.ProcessEnv = { ...DEFAULTS, ...given };
  for (const name of replaced) delete env[name];
  env['OTEL_EXPORTER_OTLP_ENDPOINT'] = endpoint;
  env['OTEL_EXPORTER_OTLP_PROTOCOL'] = 'http/protobuf';
  if (token !== undefined) env['OTEL_EXPORTER_OTLP_HEADERS'] = `authorization=Bearer%20${token}`;
  env['NODE_OPTIONS'] = addPreload(given['NODE_OPTIONS'] ?? '', preload);
  const notes = replaced.length === 0 ? [] : [`${replaced.join(', ')}: not used in this run; telemetry comes here.`];
  if (given['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') notes.push('OTEL_SDK_DISABLED is true: the command will send nothing.');
  if (given['OTEL_CONFIG_FILE']) notes.push('OTEL_CONFIG_FILE is set: what it names decides where telemetry goes.');
  for (const name of ['OTEL_TRACES_EXPORTER', 'OTEL_METRICS_EXPORTER', 'OTEL_LOGS_EXPORTER'])
    if (given[name] && !given[name].includes('otlp')) notes.push(`${name} is ${given[name]}: what it is for will not show here.`);
  return { env, notes };
}

/** As a URL, which has no blanks to quote. A preload that is there already is not added again. */
function addPreload(options: string, preload: string): string {
  const { href } = pathToFileURL(preload);
  if (options.includes(href) || options.includes(preload) || options.includes('otelier/register')) return options;
  return `${options}${options === '' ? '' : ' '}--import ${href}`;
}
