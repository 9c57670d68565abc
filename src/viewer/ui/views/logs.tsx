import type { JSX } from 'preact';
export function LogsView(): JSX.Element {
  return <div />;
}
