import type { JSX } from 'preact';
export function MapView(): JSX.Element {
  return <div />;
}
