/** Small marks that repeat everywhere: a service with its colour, an HTTP status, a severity, a count of errors. */
import type { JSX } from 'preact';
import type { Severity } from '../../api.ts';
import { formatCount } from '../format/number.ts';
import { formatLine } from '../format/text.ts';
import { serviceColour } from '../state/services.ts';

export function ServiceChip({ name }: { readonly name: string }): JSX.Element {
  return (
    <span class="service" title={formatLine(name)}>
      <i style={{ background: serviceColour(name) }} />
      <span>{formatLine(name, 60)}</span>
    </span>
  );
}

/** Several services as dots, the names as their tooltip. */
export function ServiceDots({ names }: { readonly names: readonly string[] }): JSX.Element {
  return (
    <span class="service-dots" title={names.join(', ')}>
      {names.slice(0, 5).map((name) => (
        <i key={name} style={{ background: serviceColour(name) }} />
      ))}
      {names.length > 5 && <small>+{names.length - 5}</small>}
      <span class="heard">{names.join(', ')}</span>
    </span>
  );
}

export function HttpStatus({ code }: { readonly code: number }): JSX.Element {
  const kind = code >= 500 ? 'bad' : code >= 400 ? 'warned' : 'good';
  return <span class={`http-status ${kind}`}>{code}</span>;
}

export function Level({ severity }: { readonly severity: Severity }): JSX.Element {
  return <span class={`level ${severity}`}>{severity}</span>;
}

/** Nothing where there is none: a column of zeros hides what matters. */
export function ErrorCount({ count, noun = 'error' }: { readonly count: number; readonly noun?: string }): JSX.Element | null {
  if (count === 0) return null;
  return (
    <span class="error-count" title={`${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`}>
      {formatCount(count)}
    </span>
  );
}
