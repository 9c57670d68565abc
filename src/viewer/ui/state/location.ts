/** The place the page is at, as a signal: links and buttons go somewhere, the browser's back and forward return. */
import { computed, signal } from '@preact/signals';
import { defaultRange, formatRange, parseRange, type TimeRange } from './range.ts';
import { formatPlace, keptQuery, matchView, parsePlace, type Place, type Query } from './url.ts';

export const place = signal<Place>(parsePlace(location.href));
export const current = computed(() => matchView(place.value.path));
/** The pages that were open when the browser's list of them was walked: scroll positions are the browser's own. */
export const range = computed<TimeRange>(() => parseRange(text(place.value.query['range'])));
export const service = computed(() => text(place.value.query['service']));

addEventListener('popstate', () => (place.value = parsePlace(location.href)));

export function text(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

/** One key of the query as text, '' when it is not there. */
export function param(key: string): string {
  return text(place.value.query[key]) ?? '';
}

const none: readonly string[] = [];
export function params(key: string): readonly string[] {
  const value = place.value.query[key];
  return value === undefined ? none : typeof value === 'string' ? [value] : value;
}

/** The URL of another view: time range and service go along. */
export function linkTo(path: string, query: Query = {}): string {
  return formatPlace(path, { ...keptQuery(place.value.query), ...query });
}

export function go(url: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (url === location.pathname + location.search) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', url);
  place.value = parsePlace(location.href);
}

/** Changes some keys of this view's query; undefined removes a key. */
export function change(query: Query, options: { readonly replace?: boolean } = {}): void {
  const { path, query: old } = place.value;
  go(formatPlace(path, { ...old, ...query }), options);
}

export function changeRange(next: TimeRange): void {
  const formatted = formatRange(next);
  change({ range: formatted === defaultRange ? undefined : formatted });
}

/** Adds a condition on an attribute to this view, or takes it away when it is there. */
export function toggleCondition(condition: string): void {
  const old = params('attr');
  change({ attr: old.includes(condition) ? old.filter((one) => one !== condition) : [...old, condition] });
}
