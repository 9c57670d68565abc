/** The PromQL that returns again and again: rates, shares that are zero rather than absent, quantiles of histograms. */

import { APP } from './selectors.ts';

/** Grafana's window: long enough for a rate at the step shown. */
const WINDOW = '$__rate_interval';

/** Per second. */
export function rate(metric: string, matchers: string = APP, window: string = WINDOW): string {
  return `rate(${metric}{${matchers}}[${window}])`;
}

/** How many within the time shown. */
export function increase(metric: string, matchers: string = APP): string {
  return `increase(${metric}{${matchers}}[$__range])`;
}

export function sumBy(labels: string, expr: string): string {
  return labels === '' ? `sum(${expr})` : `sum by (${labels}) (${expr})`;
}

/** What part of `whole` is `part`, 0 to 1. A part that never happened has no series: it counts as 0. */
export function share(labels: string, part: string, whole: string): string {
  const all = sumBy(labels, whole);
  return `(${sumBy(labels, part)} or 0 * ${all}) / (${all} > 0)`;
}

/** `metric` is a histogram's name without `_bucket`. */
export function quantile(q: number, labels: string, metric: string, matchers: string = APP, window: string = WINDOW): string {
  const by = labels === '' ? 'le' : `le, ${labels}`;
  return `histogram_quantile(${q}, sum by (${by}) (${rate(`${metric}_bucket`, matchers, window)}))`;
}

/** Mean of a histogram's values. */
export function mean(labels: string, metric: string, matchers: string = APP, window: string = WINDOW): string {
  return `${sumBy(labels, rate(`${metric}_sum`, matchers, window))} / (${sumBy(labels, rate(`${metric}_count`, matchers, window))} > 0)`;
}

/** Adds the label `short`, the first eight digits of an instance's id, for legends. */
export function shortInstance(expr: string): string {
  return `label_replace(${expr}, "short", "$1", "instance", "(.{8}).*")`;
}
