import type { JSX } from 'preact';
export function CompareView(_: { readonly left: string; readonly right: string }): JSX.Element {
  return <div />;
}
