/** The left rail: the way to each view, and at its foot what arrives, where to send, and how full the store is. */
import type { JSX } from 'preact';
import { formatBytes } from '../format/bytes.ts';
import { formatCount, formatNumber } from '../format/number.ts';
import { CopyButton, IconButton } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Link } from '../parts/link.tsx';
import { counts, status } from '../state/live.ts';
import { current, linkTo } from '../state/location.ts';
import { nextTheme, theme } from '../state/theme.ts';
import { placeOf, places } from './places.ts';

const themeIcons = { system: 'system', light: 'sun', dark: 'moon' } as const;

export function Rail({
  onHelp,
  onImport,
  onClear,
}: {
  readonly onHelp: () => void;
  readonly onImport: () => void;
  readonly onClear: () => void;
}): JSX.Element {
  const open = placeOf(current.value.view);
  const held = counts.value;
  return (
    <nav class="rail" aria-label="Views">
      <Link href={linkTo('/')} class="brand" label="otelier, to the overview">
        <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="8" class="brand-box" />
          <path d="M7 10h13M11 16h14M15 22h6" class="brand-bars" />
        </svg>
        <span>otelier</span>
      </Link>
      <ul>
        {places.map((place) => (
          <li key={place.path}>
            <Link href={linkTo(place.path)} current={place === open} title={`${place.title} (g ${place.key})`}>
              <Icon name={place.icon} />
              <span>{place.title}</span>
              {place.count && held && <small class="num">{formatNumber(place.count(held))}</small>}
            </Link>
          </li>
        ))}
      </ul>
      <div class="rail-foot">
        <Store />
        <div class="rail-tools">
          <IconButton icon={themeIcons[theme.value]} label={`Theme: ${theme.value}. Change it`} onClick={nextTheme} />
          <IconButton icon="import" label="Import a file of OTLP JSON" onClick={onImport} />
          <IconButton icon="trash" label="Delete all data" onClick={onClear} />
          <IconButton icon="help" label="Help and keyboard shortcuts (?)" onClick={onHelp} />
        </div>
      </div>
    </nav>
  );
}

function Store(): JSX.Element | null {
  const told = status.value;
  if (told === undefined) return null;
  const { counts: held, bytes, limits, endpoints, evicted, rejected } = told;
  const gone = evicted.spans + evicted.logs + evicted.metricPoints;
  return (
    <dl class="store">
      <div>
        <dt>OTLP/HTTP</dt>
        <dd>
          <code>{endpoints.http.replace(/^https?:\/\//, '')}</code>
          <CopyButton text={endpoints.http} label="Copy the OTLP/HTTP address" />
        </dd>
      </div>
      {endpoints.grpc && (
        <div>
          <dt>OTLP/gRPC</dt>
          <dd>
            <code>{endpoints.grpc.replace(/^https?:\/\//, '')}</code>
            <CopyButton text={endpoints.grpc} label="Copy the OTLP/gRPC address" />
          </dd>
        </div>
      )}
      <div title={`${formatCount(held.spans)} spans, ${formatCount(held.logs)} logs, ${formatCount(held.metricPoints)} metric points`}>
        <dt>Stored</dt>
        <dd class="num">
          {formatBytes(bytes)} <span class="muted">of {formatBytes(limits.bytes)}</span>
        </dd>
      </div>
      {gone > 0 && (
        <div title="The oldest go when the store is full">
          <dt>Dropped</dt>
          <dd class="num">{formatNumber(gone)}</dd>
        </div>
      )}
      {rejected.requests > 0 && (
        <div title={rejected.latest}>
          <dt>Rejected</dt>
          <dd class="num warned">{formatNumber(rejected.requests)}</dd>
        </div>
      )}
    </dl>
  );
}
