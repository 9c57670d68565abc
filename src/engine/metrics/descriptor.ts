/** What an app says when it makes an instrument -> a descriptor, and whether two of them are the same instrument. */
import { ValueType, diag } from '@opentelemetry/api';
import type { MetricOptions } from '@opentelemetry/api';
import type { Descriptor, Kind } from './types.ts';

const MAX_NAME = 255;

/** A wrong name is told and taken as it is; options of a wrong type are left out. */
export function createDescriptor(name: unknown, type: Kind, options: MetricOptions | undefined): Descriptor {
  const { description, unit, valueType, advice } = readOptions(options);
  if (!isValidName(name)) {
    diag.warn(
      `Invalid metric name: ${typeof name === 'string' ? `"${name}"` : `a value of type ${typeof name}`}. ` +
        `A name begins with a letter, has letters, digits and _ . - / after it, and at most ${MAX_NAME} of them.`,
    );
  }
  return {
    name: typeof name === 'string' ? name : '',
    type,
    description: typeof description === 'string' ? description : '',
    unit: typeof unit === 'string' ? unit : '',
    valueType: valueType === ValueType.INT ? ValueType.INT : ValueType.DOUBLE,
    advice: typeof advice === 'object' && advice !== null ? advice : {},
  };
}

function readOptions(options: MetricOptions | undefined): MetricOptions {
  try {
    const { description, unit, valueType, advice } = options ?? {};
    return { description, unit, valueType, advice } as MetricOptions;
  } catch {
    return {};
  }
}

/** https://opentelemetry.io/docs/specs/otel/metrics/api/#instrument-name-syntax */
function isValidName(name: unknown): boolean {
  return typeof name === 'string' && name.length <= MAX_NAME && /^[a-z][a-z0-9_.\-/]*$/i.test(name);
}

/** https://opentelemetry.io/docs/specs/otel/metrics/sdk/#duplicate-instrument-registration */
export function isSameInstrument(one: Descriptor, other: Descriptor): boolean {
  return (
    one.name.toLowerCase() === other.name.toLowerCase() &&
    one.type === other.type &&
    one.unit === other.unit &&
    one.valueType === other.valueType
  );
}

/** What differs, for a person. */
export function tellDifference(one: Descriptor, other: Descriptor): string {
  return (['type', 'unit', 'valueType', 'description'] as const)
    .filter((part) => one[part] !== other[part])
    .map((part) => `${part} "${one[part]}" and "${other[part]}"`)
    .join(', ');
}
