/** docker-compose.yml: what a newcomer starts with one command is pinned, closed to the network, bounded, and complete. */
import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compose, readText, root, type Service, services } from './files.ts';

/** Keys of a service in the Compose specification that this file uses; one more is a typing error until it stands here. */
const KEYS: ReadonlySet<string> = new Set(
  `build cap_add cap_drop command depends_on entrypoint environment healthcheck image logging mem_limit network_mode
   ports profiles read_only restart security_opt shm_size stop_grace_period tmpfs user volumes`.split(/\s+/),
);

/** The image cannot be asked from inside; every other service that stays up can. */
const WITHOUT_HEALTH: Readonly<Record<string, string>> = {
  'otel-collector': 'its image holds no program that could ask',
  'docker-stats': 'its image holds no program that could ask',
  volumes: 'it ends at once',
};
/** What may be written outside of volumes, and why. */
const WRITABLE: Readonly<Record<string, string>> = {
  grafana: 'its bundled data sources are plugins, which some versions lose on a read-only root',
  postgres: 'its entrypoint writes below /run and /etc',
};

const named = (names: readonly (readonly [string, Service])[]): string[] => names.map(([name]) => name);
const bindsOf = (service: Service): string[] => (service.volumes ?? []).map((volume) => volume.split(':')[0] as string);
const isPath = (source: string): boolean => /^[./]/.test(source);

test('the services are the stack, the shop in the profile app and the engine in the profile infra', () => {
  const byProfile = Object.groupBy(services, ([, service]) => service.profiles?.join(',') ?? '');
  assert.deepEqual(named(byProfile[''] ?? []).toSorted(), [
    'alertmanager',
    'grafana',
    'jaeger',
    'loki',
    'otel-collector',
    'prometheus',
    'volumes',
  ]);
  assert.deepEqual(named(byProfile['app'] ?? []).toSorted(), ['postgres', 'redis', 'shop-customers', 'shop-payments', 'shop-storefront']);
  assert.deepEqual(named(byProfile['infra'] ?? []), ['docker-stats']);
  assert.ok(!readText('docker-compose.yml').match(/^version:/m), 'the key `version` is obsolete');
});

for (const [name, service] of services) {
  test(`${name} has known keys and a pinned image`, () => {
    assert.deepEqual(
      Object.keys(service).filter((key) => !KEYS.has(key)),
      [],
    );
    if (service.build) assert.match(service.image, /:local$/, 'what is built here is named so');
    else assert.match(service.image, /:v?\d+\.\d+(\.\d+)?(-[\w.]+)?$/, 'a full version, no moving tag');
  });

  test(`${name} is published on this machine only, without privileges`, () => {
    for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:(\d+):\1$/);
    assert.deepEqual(service.cap_drop, ['ALL']);
    assert.deepEqual(service.security_opt, ['no-new-privileges:true']);
    assert.equal(service.read_only !== true, name in WRITABLE, 'the root file system is read-only, with the exceptions of WRITABLE');
    assert.equal(bindsOf(service).includes('/var/run/docker.sock'), name === 'docker-stats', 'one service alone reads the socket');
  });

  test(`${name} has bounds: memory, and a log that is rotated`, () => {
    assert.deepEqual(service.logging, { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } });
    if (name === 'volumes') return;
    const limit = toMebibytes(service.mem_limit ?? '');
    const soft = service.environment?.['GOMEMLIMIT'];
    if (soft === undefined) return;
    const share = toMebibytes(soft) / limit;
    assert.ok(share >= 0.75 && share <= 0.85, `GOMEMLIMIT ${soft} is about four fifths of ${service.mem_limit}`);
  });

  test(`${name} is asked for its health by what its image holds`, () => {
    if (name in WITHOUT_HEALTH || service.healthcheck?.disable) return assert.ok(!service.healthcheck?.test, WITHOUT_HEALTH[name]);
    if (service.build) return assert.match(readText(service.build.dockerfile), /^HEALTHCHECK /m);
    assert.ok(service.healthcheck?.test, 'a health check');
    const [how, program] = service.healthcheck.test;
    if (service.image.startsWith('grafana/loki')) assert.deepEqual([how, program], ['CMD', '/usr/bin/loki'], 'no shell, no wget');
  });

  test(`${name} mounts what is there`, () => {
    for (const source of bindsOf(service)) {
      if (source.startsWith('/')) continue;
      if (isPath(source)) assert.ok(existsSync(join(root, source)), `${source} is in the repository`);
      else assert.ok(source in compose.volumes, `${source} is a declared volume`);
    }
    for (const volume of service.volumes ?? []) if (isPath(volume)) assert.match(volume, /:ro(,|$)/, 'the host is only read');
    if (service.build) assert.ok(existsSync(join(root, service.build.dockerfile)));
  });

  test(`${name} waits for services that can fulfil the condition`, () => {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const needed = compose.services[other];
      assert.ok(needed, `${other} is a service`);
      assert.ok(
        !needed.profiles || service.profiles?.some((profile) => needed.profiles?.includes(profile)),
        `${other} runs when ${name} does`,
      );
      if (condition === 'service_healthy') assert.ok(needed.build ?? needed.healthcheck, `${other} has a health check`);
    }
  });
}

test('the root of the host is mounted without a propagation, which Docker Desktop and rootless Docker would refuse', () => {
  const roots = services.flatMap(([, service]) => service.volumes ?? []).filter((volume) => volume.startsWith('/:'));
  assert.deepEqual(roots, ['/:/hostfs:ro']);
});

test('every volume is used, and given to the user of an image that has no folder there', () => {
  const used = new Set(services.flatMap(([, service]) => bindsOf(service)).filter((source) => !isPath(source)));
  assert.deepEqual([...used].toSorted(), Object.keys(compose.volumes).toSorted());
  for (const name of ['otel-collector', 'jaeger']) {
    const owner = compose.services[name]?.user;
    assert.ok(compose.services['volumes']?.command?.includes(owner as string), `${owner} of ${name}`);
    assert.equal(compose.services[name]?.depends_on?.['volumes']?.condition, 'service_completed_successfully');
  }
});

test('no port is published twice', () => {
  const ports = services.flatMap(([, service]) => service.ports ?? []);
  assert.equal(new Set(ports).size, ports.length);
});

test('what is run as a script can be run', () => {
  assert.ok(statSync(join(root, 'stack/postgres/monitor.sh')).mode & 0o100);
});

function toMebibytes(text: string): number {
  const [, amount, unit] = /^(\d+)(m|g|MiB|GiB)$/.exec(text) ?? [];
  assert.ok(amount, `an amount of memory: ${text}`);
  return Number(amount) * (unit === 'g' || unit === 'GiB' ? 1024 : 1);
}
