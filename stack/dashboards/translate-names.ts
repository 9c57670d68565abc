/**
 * OpenTelemetry's name, unit and type of a metric -> the names under which Prometheus stores it with the strategy UnderscoreEscapingWithSuffixes
 * (github.com/prometheus/otlptranslator), as far as the units of our catalogue need it.
 */

import { METRIC_SOURCES, type OtlpMetric } from './metrics.ts';

const UNIT_WORDS: Readonly<Record<string, string>> = { s: 'seconds', ms: 'milliseconds', By: 'bytes', '1': '', '': '' };

/** A histogram is three series, anything else one. */
export function translateMetric([name, unit, type]: OtlpMetric): readonly string[] {
  const words = name.split(/[^A-Za-z0-9:]+/u);
  const unitWord = wordOf(unit);
  if (unitWord !== '' && !words.includes(unitWord)) words.push(unitWord);
  const named = type === 'counter' ? moveToEnd(words, 'total') : type === 'gauge' && unit === '1' ? moveToEnd(words, 'ratio') : words;
  const full = named.join('_');
  return type === 'histogram' ? ['_bucket', '_count', '_sum'].map((suffix) => full + suffix) : [full];
}

/** Prometheus' name of each metric of the catalogue -> who sends it. */
export function metricSenders(): ReadonlyMap<string, string> {
  return new Map(
    METRIC_SOURCES.flatMap(({ sender, otlp = [], scraped = [] }) =>
      [...otlp.flatMap(translateMetric), ...scraped].map((name) => [name, sender] as const),
    ),
  );
}

/** What stands in braces says what is counted and is left out. */
function wordOf(unit: string): string {
  if (/^\{.*\}$/u.test(unit)) return '';
  const word = UNIT_WORDS[unit];
  if (word === undefined) throw new Error(`Nobody knows what Prometheus makes of the unit "${unit}". Add it to UNIT_WORDS.`);
  return word;
}

function moveToEnd(words: readonly string[], word: string): readonly string[] {
  return [...words.filter((other) => other !== word), word];
}
