import type { JSX } from 'preact';
export function MetricsView(_: { readonly name: string }): JSX.Element {
  return <div />;
}
