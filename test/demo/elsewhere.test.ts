/** `npm run demo -- --otlp`: the telemetry goes to an endpoint that is not the demo's own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, suite, test } from 'node:test';
import type { Receiver } from '../../src/testing.ts';
import { startReceiver } from '../../src/testing.ts';
import { root } from '../support/run-app.ts';

interface Demo {
  readonly output: () => string;
  readonly stop: () => void;
  readonly ended: Promise<number | null>;
}

function startDemo(...args: readonly string[]): Demo {
  const child = spawn(process.execPath, ['examples/shop/run.ts', ...args], { cwd: root });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  return {
    output: () => output,
    stop: () => void child.kill('SIGINT'),
    ended: once(child, 'exit').then(([code]) => code as number | null),
  };
}

/** The demo takes the ports by which a collector knows the services; somebody else may have them. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  if (free) await new Promise((resolve) => server.close(resolve));
  return free;
}

const skip = (await isFree(8080)) && (await isFree(8081)) ? false : 'ports 8080 and 8081 are in use; stop what listens there';

suite('the demo with --otlp', { skip, timeout: 280_000 }, () => {
  let receiver: Receiver;
  before(async () => {
    receiver = await startReceiver();
  });
  after(() => receiver.close());

  test('tells where to look and how the visits go, sends everything there, and ends well', async () => {
    const demo = startDemo('--otlp', receiver.url, '--rate', '20');
    try {
      await receiver.waitFor(
        () =>
          ['shop-storefront', 'shop-payments'].every((name) =>
            receiver.spans.some((span) => span.resource.attributes['service.name'] === name),
          ) &&
          receiver.logs.length > 0 &&
          receiver.metrics.length > 0 &&
          /^\d+ visits: /m.test(demo.output()),
        180_000,
      );
    } finally {
      demo.stop();
    }
    assert.equal(await demo.ended, 0, demo.output());
    assert.match(demo.output(), new RegExp(`telemetry +${receiver.url} +OTLP, answers`));
    assert.match(demo.output(), /Grafana +http:\/\/127\.0\.0\.1:3000/);
    assert.match(demo.output(), /Everything has stopped\./);
  });

  test('a port that somebody has is told, and what it is for', async () => {
    const other = createServer().listen(8081, '127.0.0.1');
    await once(other, 'listening');
    try {
      const demo = startDemo('--otlp', receiver.url);
      assert.equal(await demo.ended, 1);
      assert.match(demo.output(), /Port 8081 of 127\.0\.0\.1 is taken, and shop-payments needs it\./);
    } finally {
      other.close();
    }
  });
});

test('a database that does not answer is told in one sentence', async () => {
  const demo = startDemo('--database', 'postgres://somebody:secret@127.0.0.1:1/shop');
  assert.equal(await demo.ended, 1);
  assert.match(demo.output(), /The database at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED.*Check its address/);
  assert.doesNotMatch(demo.output(), /secret|\n\s+at /);
});

for (const [args, message] of [
  [['--otlp', 'localhost:4318'], /--otlp is "localhost:4318"; it is a URL that begins with http:\/\/ or https:\/\//],
  [['--redis', 'http://x'], /--redis is "http:\/\/x"; it is a URL that begins with redis:\/\//],
  [['--once', '--otlp', 'http://localhost:4318'], /--once shows what the demo receives; with --otlp it receives nothing/],
] as const)
  test(`${args.join(' ')} is refused`, async () => {
    const demo = startDemo(...args);
    assert.equal(await demo.ended, 2);
    assert.match(demo.output(), message);
  });
