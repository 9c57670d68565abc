/** The frame around every view, and the choice of the view by the place. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Empty } from '../parts/state.tsx';
import { paused, refresh, setPaused, tick } from '../state/live.ts';
import { useKeys } from '../state/keys.ts';
import { current, go, linkTo } from '../state/location.ts';
import { readServices } from '../state/services.ts';
import { ErrorView } from '../views/error.tsx';
import { ErrorsView } from '../views/errors.tsx';
import { LogsView } from '../views/logs.tsx';
import { MetricsView } from '../views/metrics.tsx';
import { OverviewView } from '../views/overview.tsx';
import { TraceView } from '../views/trace.tsx';
import { TracesView } from '../views/traces.tsx';
import { ClearDialog } from './clear.tsx';
import { GoTo } from './go-to.tsx';
import { Help } from './help.tsx';
import { chooseFiles, DropZone, Notice } from './import.tsx';
import { late } from './late.tsx';
import { placeOf, places } from './places.ts';
import { Rail } from './rail.tsx';
import { Topbar } from './topbar.tsx';

const CompareView = late(async () => (await import('../views/compare.tsx')).CompareView);
const MapView = late(async () => (await import('../views/map.tsx')).MapView);

type OpenDialog = 'help' | 'clear' | 'go' | undefined;

export function App(): JSX.Element {
  const [dialog, setDialog] = useState<OpenDialog>(undefined);
  const close = (): void => setDialog(undefined);
  const { view, names } = current.value;

  useEffect(() => void readServices(), [tick.value]);
  useEffect(() => {
    document.title = `${placeOf(view)?.title ?? 'Not found'} · otelier`;
  }, [view]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key === 'k') {
        event.preventDefault();
        setDialog('go');
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  useKeys({
    ...Object.fromEntries(places.map(({ key, path }) => [`g ${key}`, () => go(linkTo(path))])),
    '?': () => setDialog('help'),
    '/': () => document.querySelector<HTMLInputElement>('main [data-search]')?.focus(),
    p: () => setPaused(!paused.value),
    r: refresh,
  });
  return (
    <>
      <a class="skip" href="#main">
        To the content
      </a>
      <Rail onHelp={() => setDialog('help')} onImport={chooseFiles} onClear={() => setDialog('clear')} />
      <div class="stage">
        <Topbar onSearch={() => setDialog('go')} />
        <main id="main" class={`view-${view}`} tabIndex={-1}>
          <CurrentView view={view} names={names} />
        </main>
      </div>
      {dialog === 'help' && <Help onClose={close} />}
      {dialog === 'clear' && <ClearDialog onClose={close} />}
      {dialog === 'go' && <GoTo onClose={close} />}
      <DropZone />
      <Notice />
    </>
  );
}

function CurrentView({ view, names }: { readonly view: string; readonly names: readonly string[] }): JSX.Element {
  const [first = '', second = ''] = names;
  switch (view) {
    case 'overview':
      return <OverviewView />;
    case 'traces':
      return <TracesView />;
    case 'trace':
      return <TraceView key={first} traceId={first} />;
    case 'compare':
      return <CompareView key={`${first} ${second}`} left={first} right={second} />;
    case 'logs':
      return <LogsView />;
    case 'metrics':
      return <MetricsView name={first} />;
    case 'errors':
      return <ErrorsView />;
    case 'error':
      return <ErrorView key={first} fingerprint={first} />;
    case 'map':
      return <MapView />;
    default:
      return (
        <Empty icon="help" title="There is no such page">
          <p>The address may be cut short. The views are at the left.</p>
        </Empty>
      );
  }
}
