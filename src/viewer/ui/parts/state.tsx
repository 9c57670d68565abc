/** What stands where data would: nothing yet and what to do, a fault and what to do, or the wait. */
import type { ComponentChildren, JSX } from 'preact';
import type { ApiFault } from '../state/api.ts';
import { status } from '../state/live.ts';
import { param, params, change, place, range } from '../state/location.ts';
import type { Resource } from '../state/resource.ts';
import { Button, CopyButton } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

export function Empty({
  icon,
  title,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="empty">
      <Icon name={icon} size={24} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Command({ text }: { readonly text: string }): JSX.Element {
  return (
    <div class="command">
      <code>{text}</code>
      <CopyButton text={text} label="Copy the command" />
    </div>
  );
}

/** Nothing was found: because nothing has come at all, or because of what was asked for. */
export function Nothing({
  icon,
  what,
  narrow = [],
}: {
  readonly icon: IconName;
  readonly what: string;
  readonly narrow?: readonly string[];
}): JSX.Element {
  const told = status.value;
  const all = [...narrow, 'service', 'q', 'attr'];
  const filtered = all.some((key) => param(key) !== '' || params(key).length > 0);
  const bounded = range.value.kind !== 'all';
  const nothingYet = told !== undefined && told.counts.spans + told.counts.logs + told.counts.metricPoints === 0;
  if (nothingYet) {
    return (
      <Empty icon={icon} title="Waiting for the first data">
        <p>Start an app with this command, then use it. What it does shows here within seconds.</p>
        <Command text={told.hint} />
        <p class="muted">
          Any OpenTelemetry SDK may send to <code>{told.endpoints.http}</code> (HTTP)
          {told.endpoints.grpc && (
            <>
              {' '}
              or <code>{told.endpoints.grpc}</code> (gRPC)
            </>
          )}
          . You can also drop a file of OTLP JSON onto this page.
        </p>
      </Empty>
    );
  }
  return (
    <Empty icon={icon} title={`No ${what} ${filtered ? 'match' : 'here'}`}>
      <p>{filtered ? 'No data meets all of these conditions.' : `None came in this time range.`}</p>
      <div class="buttons">
        {filtered && <Button onClick={() => change(Object.fromEntries(all.map((key) => [key, undefined])))}>Remove the filters</Button>}
        {bounded && <Button onClick={() => change({ ...place.value.query, range: 'all' })}>Look at all times</Button>}
      </div>
    </Empty>
  );
}

export function Fault({ fault, onRetry }: { readonly fault: ApiFault; readonly onRetry: () => void }): JSX.Element {
  const gone = fault.status === 0;
  return (
    <div class="empty" role="alert">
      <Icon name="errors" size={24} />
      <h2>{gone ? 'The server is gone' : fault.status === 404 ? 'Not found' : 'That did not work'}</h2>
      <p>{fault.message}</p>
      {gone && <p class="muted">This page tries again every few seconds.</p>}
      <div class="buttons">
        <Button onClick={onRetry}>Try again</Button>
      </div>
    </div>
  );
}

export function Waiting(): JSX.Element {
  return (
    <div class="loading" role="status">
      <span class="heard">Loading</span>
    </div>
  );
}

/** Shows the answer, or what stands in its place. While a new answer is under way the old one stays, paler. */
export function Loaded<T>({ of, children }: { readonly of: Resource<T>; readonly children: (data: T) => ComponentChildren }): JSX.Element {
  if (of.data === undefined) {
    if (of.fault) return <Fault fault={of.fault} onRetry={of.reload} />;
    return <Waiting />;
  }
  return <div class={`loaded${of.stale ? ' stale' : ''}`}>{children(of.data)}</div>;
}
