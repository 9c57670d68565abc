/** The tabs of a trace and the tools that go with them: search, critical path, log lines, levels, zoom. */
import type { JSX } from 'preact';
import { formatCount } from '../format/number.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Popover } from '../parts/popover.tsx';
import { SearchBox } from '../parts/search-box.tsx';
import { change } from '../state/location.ts';
import type { TraceTab as Tab } from '../logic/trace-tabs.ts';

interface TraceToolbarProps {
  readonly tab: Tab;
  readonly onTab: (tab: Tab) => void;
  readonly logCount: number;
  readonly words: string;
  readonly found: number;
  readonly onFind: (words: string) => void;
  readonly onJump: (by: 1 | -1) => void;
  readonly showPath: boolean;
  readonly showLogs: boolean;
  readonly zoomed: boolean;
  readonly onZoomOut: () => void;
  readonly depth: number;
  readonly onDepth: (depth: number | undefined) => void;
}

const titles: Readonly<Record<Tab, string>> = { waterfall: 'Waterfall', flame: 'Flame graph', table: 'Spans', logs: 'Logs', json: 'JSON' };

export function TraceToolbar(props: TraceToolbarProps): JSX.Element {
  const { tab, onTab, logCount, words, found, onFind, onJump, showPath, showLogs } = props;
  const drawn = tab === 'waterfall' || tab === 'flame';
  return (
    <div class="trace-toolbar">
      <div class="tabs" role="tablist" aria-label="Ways to look at the trace">
        {Object.entries(titles).map(([name, title]) => (
          <button key={name} type="button" role="tab" aria-selected={tab === name} onClick={() => onTab(name as Tab)}>
            {title}
            {name === 'logs' && logCount > 0 && <small class="num">{formatCount(logCount)}</small>}
          </button>
        ))}
      </div>
      {drawn && (
        <div class="trace-tools">
          {props.zoomed && (
            <Button kind="quiet" icon="close" title="The whole time again (0)" onClick={props.onZoomOut}>
              Zoom
            </Button>
          )}
          {tab === 'waterfall' && (
            <>
              <Button
                kind="quiet"
                pressed={showPath}
                title="What decides how long the trace takes (c)"
                onClick={() => change({ path: showPath ? 'off' : undefined }, { replace: true })}
              >
                <i class="path-mark" /> Critical path
              </Button>
              {logCount > 0 && (
                <Button
                  kind="quiet"
                  pressed={showLogs}
                  title="Log lines between the spans"
                  onClick={() => change({ lines: showLogs ? 'off' : undefined }, { replace: true })}
                >
                  Log lines
                </Button>
              )}
              <Levels depth={props.depth} onDepth={props.onDepth} />
            </>
          )}
          <SearchBox label="Find spans in this trace" placeholder="Find in trace" value={words} onChange={onFind} />
          {words !== '' && (
            <span class="found-count num" role="status">
              {found} found
              <IconButton icon="up" small label="Previous (N)" disabled={found === 0} onClick={() => onJump(-1)} />
              <IconButton icon="down" small label="Next (n)" disabled={found === 0} onClick={() => onJump(1)} />
            </span>
          )}
        </div>
      )}
    </div>
  );
}

function Levels({ depth, onDepth }: { readonly depth: number; readonly onDepth: (depth: number | undefined) => void }): JSX.Element {
  return (
    <Popover label="Open or close levels of the tree" align="right" button="Levels">
      {(close) => (
        <ul class="menu">
          <li>
            <button
              type="button"
              onClick={() => {
                onDepth(undefined);
                close();
              }}
            >
              Open all
            </button>
          </li>
          {Array.from({ length: Math.min(depth - 1, 6) }, (_, index) => (
            <li key={index}>
              <button
                type="button"
                onClick={() => {
                  onDepth(index + 1);
                  close();
                }}
              >
                {index === 0 ? 'First level' : `First ${index + 1} levels`}
              </button>
            </li>
          ))}
        </ul>
      )}
    </Popover>
  );
}
