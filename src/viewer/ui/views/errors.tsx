import type { JSX } from 'preact';
export function ErrorsView(): JSX.Element {
  return <div />;
}
