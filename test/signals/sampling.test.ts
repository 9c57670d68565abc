/** Samplers by name: which traces are recorded. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { createSampler } from '../../src/signals/sampling.ts';
import type { SamplerName } from '../../src/config/types.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parent = (traceFlags: TraceFlags, isRemote: boolean): Context =>
  trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: 'b7ad6b7169203331', traceFlags, isRemote });
const contexts = {
  root: ROOT_CONTEXT,
  remoteSampled: parent(TraceFlags.SAMPLED, true),
  remoteUnsampled: parent(TraceFlags.NONE, true),
  localSampled: parent(TraceFlags.SAMPLED, false),
  localUnsampled: parent(TraceFlags.NONE, false),
};
const records = (name: SamplerName, ratio: number, id = traceId): string[] => {
  const sampler = createSampler({ name, ratio });
  return Object.entries(contexts)
    .filter(([, from]) => sampler.shouldSample(from, id, 'GET', SpanKind.SERVER, {}, []).decision === SamplingDecision.RECORD_AND_SAMPLED)
    .map(([name]) => name);
};
const all = Object.keys(contexts);
const sampledParents = ['remoteSampled', 'localSampled'];

const cases: readonly [name: SamplerName, ratio: number, recorded: readonly string[]][] = [
  ['always_on', 1, all],
  ['always_off', 1, []],
  ['traceidratio', 1, all],
  ['traceidratio', 0, []],
  ['parentbased_always_on', 1, ['root', ...sampledParents]],
  ['parentbased_always_off', 1, sampledParents],
  ['parentbased_traceidratio', 1, ['root', ...sampledParents]],
  ['parentbased_traceidratio', 0, sampledParents],
];
for (const [name, ratio, recorded] of cases) {
  test(`${name} ${ratio} records ${recorded.length === 0 ? 'nothing' : recorded.join(', ')}`, () => {
    assert.deepEqual(records(name, ratio), recorded);
  });
}

test('a ratio records that share of traces, and the same ones for every service that shares the ratio', () => {
  const ids = Array.from({ length: 4000 }, (_, index) => createHash('sha256').update(String(index)).digest('hex').slice(0, 32));
  const chosen = (sampler = createSampler({ name: 'traceidratio', ratio: 0.25 })): string[] =>
    ids.filter(
      (id) => sampler.shouldSample(ROOT_CONTEXT, id, '', SpanKind.INTERNAL, {}, []).decision === SamplingDecision.RECORD_AND_SAMPLED,
    );
  const share = chosen().length / ids.length;
  assert.ok(share > 0.2 && share < 0.3, String(share));
  assert.deepEqual(chosen(), chosen());
});
