/** What is measured: for each preload its flags, its environment and, for a rival, the exact packages of an installation of its own. */

/** Where an app stands while it is measured. */
export type Place =
  /** This clone: its node_modules and its otel.js. */
  | 'clone'
  /** A folder of its own in the cache, installed by npm as a user would. */
  | 'own';

export interface Variant {
  /** For the table, where the option's name does not say it all. */
  readonly label?: string;
  readonly place: Place;
  readonly flags: readonly string[];
  readonly env: (sinkUrl: string) => Readonly<Record<string, string>>;
  /** What makes it record 1 % of the traces, besides the standard variables. */
  readonly sampledEnv?: Readonly<Record<string, string>>;
  /** Beside the packages of the apps. */
  readonly packages?: Readonly<Record<string, string>>;
  /** File of bench/setups that is copied into its folder. */
  readonly setup?: string;
  /** For those that do not flush on SIGTERM: how long telemetry may lie in the process. */
  readonly sendsEveryMs?: number;
  /** Its protocol tells how many traces are sent, not how many spans. */
  readonly countsTraces?: true;
  /** False: measured at start-up only. */
  readonly underLoad?: boolean;
}

/** `OTEL_METRIC_EXPORT_INTERVAL` is 10 s so that metrics are exported at least once in a run of full length. */
function otlp(sinkUrl: string): Readonly<Record<string, string>> {
  return {
    OTEL_SERVICE_NAME: 'bench',
    OTEL_EXPORTER_OTLP_ENDPOINT: sinkUrl,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_METRIC_EXPORT_INTERVAL: '10000',
    OTEL_METRIC_EXPORT_TIMEOUT: '5000',
  };
}

const upstreamFlags = ['--import', '@opentelemetry/auto-instrumentations-node/register'];

/** Versions are those of the day the figures of docs/performance.md were last taken. */
export const variants: Readonly<Record<string, Variant>> = {
  bare: { place: 'clone', flags: [], env: () => ({}) },
  otelier: { place: 'clone', flags: ['--import', './otel.js'], env: otlp },
  'otelier-sdk': {
    label: 'otelier, OTELIER_ENGINE=sdk',
    place: 'clone',
    flags: ['--import', './otel.js'],
    env: (sinkUrl) => ({ ...otlp(sinkUrl), OTELIER_ENGINE: 'sdk' }),
  },
  'otelier-disabled': {
    label: 'otelier, OTEL_SDK_DISABLED=true',
    place: 'clone',
    flags: ['--import', './otel.js'],
    env: (sinkUrl) => ({ ...otlp(sinkUrl), OTEL_SDK_DISABLED: 'true' }),
    underLoad: false,
  },
  upstream: {
    place: 'own',
    flags: upstreamFlags,
    env: otlp,
    packages: { '@opentelemetry/auto-instrumentations-node': '0.82.0', '@opentelemetry/winston-transport': '0.34.0' },
  },
  'upstream-clone': {
    label: 'upstream, one copy of each package',
    place: 'clone',
    flags: upstreamFlags,
    env: otlp,
  },
  elastic: {
    place: 'own',
    flags: ['--import', '@elastic/opentelemetry-node'],
    env: (sinkUrl) => ({ ...otlp(sinkUrl), ELASTIC_OTEL_NODE_ENABLE_LOG_SENDING: 'true' }),
    packages: { '@elastic/opentelemetry-node': '1.18.0' },
  },
  splunk: {
    place: 'own',
    flags: ['--require', '@splunk/otel/instrument'],
    env: (sinkUrl) => ({ ...otlp(sinkUrl), SPLUNK_METRICS_ENABLED: 'true', SPLUNK_AUTOMATIC_LOG_COLLECTION: 'true' }),
    packages: { '@splunk/otel': '4.7.2' },
    sendsEveryMs: 5500,
  },
  aws: {
    place: 'own',
    flags: ['--require', '@aws/aws-distro-opentelemetry-node-autoinstrumentation/register'],
    env: (sinkUrl) => ({ ...otlp(sinkUrl), OTEL_TRACES_SAMPLER: 'always_on', OTEL_AWS_APPLICATION_SIGNALS_ENABLED: 'false' }),
    packages: { '@aws/aws-distro-opentelemetry-node-autoinstrumentation': '0.13.0', '@opentelemetry/winston-transport': '0.29.0' },
  },
  honeycomb: {
    place: 'own',
    flags: ['--require', './setup.cjs'],
    env: (sinkUrl) => ({
      ...otlp(sinkUrl),
      HONEYCOMB_API_KEY: 'k',
      HONEYCOMB_API_ENDPOINT: sinkUrl,
      HONEYCOMB_METRICS_DATASET: 'm',
    }),
    packages: { '@honeycombio/opentelemetry-node': '0.7.2', '@opentelemetry/auto-instrumentations-node': '0.46.1' },
    setup: 'honeycomb.cjs',
    sampledEnv: { SAMPLE_RATE: '100' },
    sendsEveryMs: 5500,
  },
  'dd-trace': {
    place: 'own',
    flags: ['--import', 'dd-trace/initialize.mjs'],
    env: (sinkUrl) => ({
      DD_TRACE_AGENT_URL: sinkUrl,
      DD_SERVICE: 'bench',
      DD_TRACE_STARTUP_LOGS: 'false',
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
      DD_TRACE_SAMPLE_RATE: '1',
      DD_TRACE_RATE_LIMIT: '-1',
      DD_LOGS_INJECTION: 'true',
      DD_RUNTIME_METRICS_ENABLED: 'true',
    }),
    sampledEnv: { DD_TRACE_SAMPLE_RATE: '0.01' },
    packages: { 'dd-trace': '6.21.0' },
    sendsEveryMs: 2500,
    countsTraces: true,
  },
  sentry: {
    place: 'own',
    flags: ['--import', './setup.mjs'],
    env: (sinkUrl) => ({ SENTRY_DSN: sinkUrl.replace('//', '//abc@').concat('/1'), SENTRY_TRACES_SAMPLE_RATE: '1' }),
    sampledEnv: { SENTRY_TRACES_SAMPLE_RATE: '0.01' },
    packages: { '@sentry/node': '11.11.0' },
    setup: 'sentry.mjs',
    sendsEveryMs: 1500,
  },
};

/** The standard variables of the unsampled path. */
export const onePercent: Readonly<Record<string, string>> = {
  OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
  OTEL_TRACES_SAMPLER_ARG: '0.01',
};

export const shortVariants: readonly string[] = ['bare', 'otelier', 'otelier-sdk', 'otelier-disabled', 'upstream'];

/** @throws Error when there is none of this name: names are checked where the options are parsed. */
export function variantOf(name: string): Variant {
  const variant = variants[name];
  if (variant === undefined) throw new Error(`There is no variant "${name}".`);
  return variant;
}

/** Whose additions the others' are compared with: upstream as a user installs it, or the one of this clone where that could not be installed. */
export function referenceOf(names: readonly string[]): string {
  return names.includes('upstream') ? 'upstream' : 'upstream-clone';
}

export function labelOf(name: string): string {
  return variants[name]?.label ?? name;
}
