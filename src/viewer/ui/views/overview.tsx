import type { JSX } from 'preact';
export function OverviewView(): JSX.Element {
  return <div />;
}
