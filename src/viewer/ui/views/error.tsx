import type { JSX } from 'preact';
export function ErrorView(_: { readonly fingerprint: string }): JSX.Element {
  return <div />;
}
