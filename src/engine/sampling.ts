/** `OTEL_TRACES_SAMPLER` and its argument -> a decision on ids alone. https://opentelemetry.io/docs/specs/otel/trace/sdk/#built-in-samplers */
import { TraceFlags } from '@opentelemetry/api';
import type { SamplerName } from '../config/types.ts';
import type { TraceParts } from './ids.ts';

/** Is a span of `trace` recorded and sampled? `parentFlags` are those of a valid parent, local or remote; undefined for a root. */
export type Sample = (trace: TraceParts, parentFlags: number | undefined) => boolean;

const always: Sample = () => true;
const never: Sample = () => false;

/** The same traces as the stock SDK chooses, so that services with either agree. */
function ratioSampler(ratio: number): Sample {
  const bound = ratio >= 1 ? 2 ** 32 : Math.floor(ratio * 0xffffffff);
  return ({ t0, t1, t2, t3 }) => (t0 ^ t1 ^ t2 ^ t3) >>> 0 < bound;
}

function parentBased(root: Sample): Sample {
  return (trace, parentFlags) => (parentFlags === undefined ? root(trace, parentFlags) : (parentFlags & TraceFlags.SAMPLED) !== 0);
}

const samplers: Readonly<Record<SamplerName, (ratio: number) => Sample>> = {
  always_on: () => always,
  always_off: () => never,
  traceidratio: ratioSampler,
  parentbased_always_on: () => parentBased(always),
  parentbased_always_off: () => parentBased(never),
  parentbased_traceidratio: (ratio) => parentBased(ratioSampler(ratio)),
};

/** `ratio` from 0 to 1; only the ratio samplers look at it. */
export function createSample({ name, ratio }: { readonly name: SamplerName; readonly ratio: number }): Sample {
  return samplers[name](ratio);
}
