/** The log records of a trace by time, each with its distance from the start. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Log } from '../../api.ts';
import { formatDuration } from '../format/duration.ts';
import { formatLine } from '../format/text.ts';
import { formatClock } from '../format/time.ts';
import { Level, ServiceChip } from '../parts/chip.tsx';
import { Empty } from '../parts/state.tsx';
import { VirtualList } from '../parts/virtual-list.tsx';

interface TraceLogsProps {
  readonly logs: readonly Log[];
  readonly startMs: number;
  readonly selected: string;
  readonly onSelect: (id: string) => void;
}

export function TraceLogs({ logs, startMs, selected, onSelect }: TraceLogsProps): JSX.Element {
  const sorted = useMemo(() => [...logs].sort((a, b) => a.timeMs - b.timeMs), [logs]);
  if (logs.length === 0) {
    return (
      <Empty icon="logs" title="No log record belongs to this trace">
        <p>
          A record belongs to a trace when it is written while one of its spans is active, by a logger that is bridged: winston, pino,
          bunyan, console.
        </p>
      </Empty>
    );
  }
  return (
    <VirtualList
      class="log-list in-trace"
      label="Log records of this trace"
      items={sorted}
      rowHeight={28}
      keyOf={({ id }) => id}
      row={(log) => (
        <button
          type="button"
          class={`log-row${selected === `log ${log.id}` ? ' active' : ''}`}
          aria-pressed={selected === `log ${log.id}`}
          onClick={() => onSelect(`log ${log.id}`)}
        >
          <span class="num muted" title={formatClock(log.timeMs)}>
            +{formatDuration(log.timeMs - startMs)}
          </span>
          <Level severity={log.severity} />
          <ServiceChip name={log.service} />
          <span class="mono cut">{formatLine(log.body, 400)}</span>
        </button>
      )}
    />
  );
}
