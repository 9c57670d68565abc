/** The rules over logs, asked of a real Loki with the stack's configuration: they find what they are for in records sent over OTLP, and nothing in quiet ones. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePorts } from '../../examples/shop/free-ports.ts';
import { ruleQueries } from '../../stack/alerts.ts';
import { readText, root } from '../stack/files.ts';
import { findProgram } from './programs.ts';

const { path: loki, missing } = await findProgram('loki');
const queries = ruleQueries().filter(({ language }) => language === 'logql');

type Fields = Readonly<Record<string, string>>;

const attributesOf = (fields: Fields): object[] => Object.entries(fields).map(([key, stringValue]) => ({ key, value: { stringValue } }));

/** `count` records of one service, one a second, the last one now. */
async function send(url: string, service: string, level: 'INFO' | 'ERROR', count: number, fields: Fields): Promise<void> {
  const now = BigInt(Date.now());
  const logRecords = Array.from({ length: count }, (_, index) => ({
    timeUnixNano: String((now - BigInt(index * 1000)) * 1_000_000n),
    severityNumber: level === 'INFO' ? 9 : 17,
    severityText: level,
    body: { stringValue: 'what happened' },
    attributes: attributesOf(fields),
  }));
  const resource = { attributes: attributesOf({ 'service.name': service, 'service.namespace': 'shop' }) };
  const response = await fetch(`${url}/otlp/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] }),
  });
  assert.equal(response.status, 204, await response.text());
}

describe('rules over logs', { skip: missing ?? false }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'otelier-loki-'));
  let url = '';
  let stop: () => Promise<void> = async () => {};

  /** Rule -> the services for which it would alert. */
  async function firing(): Promise<Record<string, string[]>> {
    const answers = await Promise.all(
      queries.map(async ({ name, expr }) => {
        const response = await fetch(`${url}/loki/api/v1/query?${new URLSearchParams({ query: expr })}`);
        const text = await response.text();
        assert.ok(response.ok, `${name}: ${text}`);
        const { data } = JSON.parse(text) as { readonly data: { readonly result: { readonly metric: Fields }[] } };
        return [name, data.result.map(({ metric }) => metric['service_name'] ?? '').sort()] as const;
      }),
    );
    return Object.fromEntries(answers.filter(([, services]) => services.length > 0));
  }

  before(async () => {
    const [http = 0, grpc = 0] = await findFreePorts(2);
    const config = readText('stack/loki/loki.yaml')
      .replaceAll('0.0.0.0', '127.0.0.1')
      .replace('http_listen_port: 3100', `http_listen_port: ${http}`)
      .replace('grpc_listen_port: 9096', `grpc_listen_port: ${grpc}`)
      .replace('http://alertmanager:9093', 'http://127.0.0.1:1');
    writeFileSync(join(folder, 'loki.yaml'), config);
    const child = spawn(loki ?? '', [`-config.file=${join(folder, 'loki.yaml')}`, '-config.expand-env=true'], {
      env: { LOKI_DATA: join(folder, 'data'), LOKI_RULES: join(root, 'stack/loki/rules') },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => (log += part));
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    stop = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    url = `http://127.0.0.1:${http}`;
    const deadline = Date.now() + 120_000;
    const isReady = (): Promise<boolean> =>
      fetch(`${url}/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    while (!(await isReady())) {
      if (Date.now() > deadline || child.exitCode !== null) throw new Error(`Loki is not ready:\n${log}`);
      await delay(200);
    }
  });
  after(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('Loki has loaded every group', async () => {
    const { data } = (await (await fetch(`${url}/prometheus/api/v1/rules`)).json()) as {
      readonly data: { readonly groups: { readonly rules: { readonly name: string }[] }[] };
    };
    assert.deepEqual(data.groups.flatMap(({ rules }) => rules.map(({ name }) => name)).sort(), queries.map(({ name }) => name).sort());
  });

  test('records in ordinary numbers are no alert', async () => {
    await send(url, 'quiet', 'INFO', 100, { event: 'order', status: 'paid' });
    await send(url, 'quiet', 'ERROR', 30, { note: 'an error now and then' });
    await send(url, 'quiet', 'INFO', 19, { event: 'security', type: 'login_failed', client: '10.0.0.1' });
    await send(url, 'quiet', 'INFO', 19, { event: 'security', type: 'access_denied', client: '10.0.0.1' });
    await send(url, 'quiet', 'INFO', 9, { event: 'security', type: 'probe', client: '10.0.0.1' });
    await send(url, 'quiet', 'ERROR', 4, { 'exception.message': 'connect ECONNREFUSED 127.0.0.1:5432' });
    assert.deepEqual(await firing(), {});
  });

  test('each rule finds what it is for, and only there', async () => {
    await send(url, 'failing', 'ERROR', 100, { 'exception.type': 'TypeError', 'exception.message': 'x is not a function' });
    await send(url, 'cut-off', 'ERROR', 5, { 'exception.message': 'Connection terminated due to connection timeout' });
    await send(url, 'guessed', 'INFO', 20, { event: 'security', type: 'login_failed', client: '10.0.0.2' });
    for (let client = 0; client < 10; client++)
      await send(url, 'sprayed', 'INFO', 5, { event: 'security', type: 'login_failed', client: `10.0.1.${client}` });
    await send(url, 'denied', 'INFO', 20, { event: 'security', type: 'access_denied', client: '10.0.0.3' });
    await send(url, 'scanned', 'INFO', 10, { event: 'security', type: 'probe', client: '10.0.0.4' });
    assert.deepEqual(await firing(), {
      ErrorLogBurst: ['failing'],
      DatabaseConnectionFailures: ['cut-off'],
      NewException: ['failing'],
      PasswordGuessing: ['guessed'],
      FailedLogins: ['sprayed'],
      AccessDenied: ['denied'],
      Probing: ['scanned'],
    });
  });
});
