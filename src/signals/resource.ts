/**
 * Who sends: configuration, package.json and machine -> one OpenTelemetry resource. What needs I/O settles later and never delays the start.
 */
import { createRequire } from 'node:module';
import { arch, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { SDK_INFO } from '@opentelemetry/core';
import { osDetector, processDetector, resourceFromAttributes } from '@opentelemetry/resources';
import type { DetectedResourceAttributes, Resource, ResourceDetector } from '@opentelemetry/resources';
import type { Config, DetectorName } from '../config/types.ts';
import { randomUUID } from './instance-id.ts';
import { workerThreadId } from './thread.ts';

const require = createRequire(import.meta.url);

/** How the outside is read: passed in, so that a test needs no process. */
export interface ResourceSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The app's entry (`process.argv[1]`), undefined in a REPL or with `--eval`. */
  readonly entry: string | undefined;
  readonly cwd: string;
  readonly readFile: (path: string) => string;
}

export interface ResourceResult {
  readonly resource: Resource;
  /** For the start line. */
  readonly serviceName: string;
  readonly serviceVersion: string | undefined;
  /** Resolves when late attributes are known, or after a bound; never rejects. */
  readonly ready: () => Promise<void>;
}

/** A late attribute may keep the first export waiting this long at most, once it is asked for. */
const LATE_ATTRIBUTES_MS = 1000;
/** Not before the app's own first files are read. */
const START_MS = 300;

// A detector that speaks to a metadata service runs only where the environment says that the process is in that cloud.
const CLOUD_HINTS: Readonly<Record<'aws' | 'gcp' | 'azure' | 'alibaba', readonly string[]>> = {
  aws: [
    'AWS_EXECUTION_ENV',
    'AWS_LAMBDA_FUNCTION_NAME',
    'ECS_CONTAINER_METADATA_URI_V4',
    'ECS_CONTAINER_METADATA_URI',
    'ELASTIC_BEANSTALK_ENVIRONMENT_NAME',
  ],
  gcp: ['K_SERVICE', 'CLOUD_RUN_JOB', 'FUNCTION_TARGET', 'GAE_SERVICE', 'GOOGLE_CLOUD_PROJECT', 'GCP_PROJECT'],
  azure: ['WEBSITE_SITE_NAME', 'FUNCTIONS_WORKER_RUNTIME', 'CONTAINER_APP_NAME', 'AZUREPS_HOST_ENVIRONMENT'],
  alibaba: ['ALIBABA_CLOUD_REGION', 'ALIBABACLOUD_REGION_ID', 'FC_FUNCTION_NAME'],
};

export function createResource(config: Config, distro: { name: string; version: string }, sources: ResourceSources): ResourceResult {
  const wanted = config.resource.detectors;
  const app = config.resource.serviceName && config.resource.attributes['service.version'] ? {} : readAppPackage(sources);
  const fromEnv = wanted.has('env') || wanted.size === 0 ? config.resource.attributes : {};
  const serviceName = config.resource.serviceName ?? app.name ?? `unknown_service:${process.argv0}`;
  const serviceVersion = fromEnv['service.version'] ?? app.version;

  const thread = workerThreadId();
  const later = new Later(START_MS);

  const attributes: DetectedResourceAttributes = {
    ...SDK_INFO,
    'telemetry.distro.name': distro.name,
    'telemetry.distro.version': distro.version,
    ...(wanted.has('process') && processAttributes()),
    ...(wanted.has('os') && osDetector.detect().attributes),
    ...(wanted.has('host') && { 'host.name': hostname(), 'host.arch': arch() === 'x64' ? 'amd64' : arch() }),
    ...(wanted.has('serviceinstance') && { 'service.instance.id': randomUUID() }),
    ...(thread !== undefined && { 'thread.id': thread }),
    ...lateAttributes(wanted, sources, later),
    ...fromEnv,
    'service.name': serviceName,
    ...(serviceVersion && { 'service.version': serviceVersion }),
  };
  const resource = resourceFromAttributes(attributes);
  const settled = boundedWait(resource);
  return {
    resource,
    serviceName,
    serviceVersion,
    ready() {
      later.run();
      return settled;
    },
  };
}

/** The stock detector without the arguments: they are where people put passwords. */
function processAttributes(): DetectedResourceAttributes {
  const { 'process.command_args': _arguments, ...rest } = processDetector.detect().attributes ?? {};
  return rest;
}

/** Attributes that need files or a metadata service, each a promise that is asked for only after the app's first code ran. */
function lateAttributes(wanted: ReadonlySet<DetectorName>, sources: ResourceSources, later: Later): DetectedResourceAttributes {
  const late: DetectedResourceAttributes = {};
  const add = (names: readonly string[], load: () => ResourceDetector | undefined): void => {
    const detected = later.add(() => load()?.detect().attributes ?? {});
    for (const name of names) late[name] ??= detected.then(async (attributes) => attributes[name]).catch(() => undefined);
  };
  if (wanted.has('host')) add(['host.id'], () => (process.platform === 'linux' ? machineId(sources) : hostDetector()));
  if (wanted.has('container') && process.platform === 'linux') add(['container.id'], () => containerDetector(sources));
  for (const [name, detectors] of Object.entries(cloudDetectors)) {
    const provider = name as keyof typeof CLOUD_HINTS;
    if (!wanted.has(provider) && !CLOUD_HINTS[provider].some((variable) => sources.env[variable])) continue;
    if (wanted.size === 0) continue;
    for (const { attributes, load } of detectors) add(attributes, load);
  }
  return late;
}

/** The stock detector reads the same files, but of its package the rest would be loaded too. */
function machineId({ readFile }: ResourceSources): ResourceDetector {
  const found = ['/etc/machine-id', '/var/lib/dbus/machine-id'].map((path) => readOr(readFile, path).trim()).find((id) => id !== '');
  return { detect: () => ({ attributes: found === undefined ? {} : { 'host.id': found } }) };
}

function hostDetector(): ResourceDetector {
  return (require('@opentelemetry/resources') as typeof import('@opentelemetry/resources')).hostDetector;
}

/** Not even loaded where none of the files it looks at names anything like a container. */
function containerDetector({ readFile }: ResourceSources): ResourceDetector | undefined {
  const text = readOr(readFile, '/proc/self/cgroup') + readOr(readFile, '/proc/self/mountinfo');
  if (!/[0-9a-f]{32}/.test(text)) return undefined;
  return (require('@opentelemetry/resource-detector-container') as typeof import('@opentelemetry/resource-detector-container'))
    .containerDetector;
}

function readOr(readFile: ResourceSources['readFile'], path: string): string {
  try {
    return readFile(path);
  } catch {
    return '';
  }
}

const CLOUD = ['cloud.provider', 'cloud.platform', 'cloud.account.id', 'cloud.region', 'cloud.availability_zone', 'cloud.resource_id'];
const HOST = ['host.id', 'host.type', 'host.name', 'host.image.id'];

const cloud = (): typeof import('../lazy/cloud-detectors.ts') =>
  require('../lazy/cloud-detectors.ts') as typeof import('../lazy/cloud-detectors.ts');

/** Attribute names each detector may give; they must be known beforehand because a late attribute is a promise under its name. */
const cloudDetectors: Readonly<
  Record<keyof typeof CLOUD_HINTS, readonly { attributes: readonly string[]; load: () => ResourceDetector }[]>
> = {
  aws: [
    { attributes: [...CLOUD, 'faas.name', 'faas.version', 'faas.instance', 'faas.max_memory'], load: () => cloud().awsLambdaDetector },
    {
      attributes: [
        ...CLOUD,
        'container.name',
        'container.id',
        'aws.ecs.container.arn',
        'aws.ecs.cluster.arn',
        'aws.ecs.launchtype',
        'aws.ecs.task.arn',
        'aws.ecs.task.family',
        'aws.ecs.task.revision',
        'aws.log.group.names',
        'aws.log.stream.names',
      ],
      load: () => cloud().awsEcsDetector,
    },
    { attributes: [...CLOUD, 'service.namespace', 'deployment.environment'], load: () => cloud().awsBeanstalkDetector },
    { attributes: [...CLOUD, ...HOST], load: () => cloud().awsEc2Detector },
  ],
  gcp: [
    {
      attributes: [
        ...CLOUD,
        ...HOST,
        'faas.name',
        'faas.version',
        'faas.instance',
        'gcp.gce.instance.name',
        'gcp.gce.instance.hostname',
        'k8s.cluster.name',
      ],
      load: () => cloud().gcpDetector,
    },
  ],
  azure: [
    { attributes: [...CLOUD, 'faas.name', 'faas.version', 'faas.instance', 'faas.max_memory'], load: () => cloud().azureFunctionsDetector },
    {
      attributes: [...CLOUD, 'service.name', 'service.instance.id', 'deployment.environment', 'azure.app.service.stamp', 'host.id'],
      load: () => cloud().azureAppServiceDetector,
    },
    { attributes: [...CLOUD, ...HOST, 'azure.vm.scaleset.name', 'azure.vm.sku', 'os.version'], load: () => cloud().azureVmDetector },
  ],
  alibaba: [
    {
      attributes: [...CLOUD, ...HOST],
      load: () => cloud().alibabaCloudEcsDetector,
    },
  ],
};

/** Work that waits until the app has run for a while, or somebody needs what comes of it. */
class Later {
  #tasks: (() => void)[] = [];

  constructor(afterMs: number) {
    setTimeout(() => this.run(), afterMs).unref();
  }

  /** Resolves with what `work` gives, once it is run. */
  add<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#tasks.push(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }

  run(): void {
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const task of tasks) task();
  }
}

async function boundedWait(resource: Resource): Promise<void> {
  if (!resource.asyncAttributesPending) return;
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, START_MS + LATE_ATTRIBUTES_MS);
    timer.unref();
  });
  await Promise.race([resource.waitForAsyncAttributes?.(), bound]);
  clearTimeout(timer);
}

/** Name and version from the package.json nearest to the app's entry, upwards; the one of the working directory without an entry. */
function readAppPackage({ entry, cwd, readFile }: ResourceSources): { name?: string; version?: string } {
  let directory = entry ? dirname(entry) : cwd;
  for (;;) {
    try {
      const { name, version } = JSON.parse(readFile(join(directory, 'package.json'))) as { name?: unknown; version?: unknown };
      // A nested package.json may only say {"type": "module"}: the app's is the first that has a name.
      if (typeof name === 'string' && name !== '') return { name, ...(typeof version === 'string' && { version }) };
    } catch {
      // none here, or not readable: one level up
    }
    const parent = dirname(directory);
    if (parent === directory) return {};
    directory = parent;
  }
}
