/** The views of the page as data: their paths, their names, the key that opens them, what of the store they show. */
import type { Status } from '../../api.ts';
import type { IconName } from '../parts/icon.tsx';
import type { View } from '../state/url.ts';

export interface PlaceInfo {
  readonly view: View;
  /** Views that belong to it. */
  readonly inner: readonly View[];
  readonly path: string;
  readonly title: string;
  readonly key: string;
  readonly icon: IconName;
  readonly count?: (counts: Status['counts']) => number;
}

export const places: readonly PlaceInfo[] = [
  { view: 'overview', inner: [], path: '/', title: 'Overview', key: 'o', icon: 'overview' },
  {
    view: 'traces',
    inner: ['trace', 'compare'],
    path: '/traces',
    title: 'Traces',
    key: 't',
    icon: 'traces',
    count: ({ traces }) => traces,
  },
  { view: 'logs', inner: [], path: '/logs', title: 'Logs', key: 'l', icon: 'logs', count: ({ logs }) => logs },
  { view: 'metrics', inner: [], path: '/metrics', title: 'Metrics', key: 'm', icon: 'metrics' },
  { view: 'errors', inner: ['error'], path: '/errors', title: 'Errors', key: 'e', icon: 'errors' },
  { view: 'map', inner: [], path: '/map', title: 'Service map', key: 's', icon: 'map' },
];

export function placeOf(view: View): PlaceInfo | undefined {
  return places.find((place) => place.view === view || place.inner.includes(view));
}
