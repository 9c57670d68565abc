/** One trace as a row of a list: what was asked, how it went, how long it took, what it holds. */
import type { JSX } from 'preact';
import type { TraceSummary } from '../../api.ts';
import { formatDuration } from '../format/duration.ts';
import { formatCount } from '../format/number.ts';
import { formatLine } from '../format/text.ts';
import { ErrorCount, HttpStatus, ServiceChip, ServiceDots } from './chip.tsx';
import { Ago } from './time.tsx';

export function TraceName({ trace }: { readonly trace: TraceSummary }): JSX.Element {
  return (
    <span class="trace-name cut" title={formatLine(trace.name)}>
      {formatLine(trace.name, 120) || <span class="muted">without a name</span>}
      {!trace.complete && (
        <small class="tag" title="The root span has not arrived">
          partial
        </small>
      )}
    </span>
  );
}

export function TraceCells({ trace, longestMs }: { readonly trace: TraceSummary; readonly longestMs: number }): JSX.Element {
  return (
    <>
      <Ago ms={trace.startMs} />
      <ServiceChip name={trace.service} />
      <TraceName trace={trace} />
      <span class="cell-status">
        {trace.httpStatus !== undefined ? (
          <HttpStatus code={trace.httpStatus} />
        ) : trace.errorCount > 0 ? (
          <span class="http-status bad">error</span>
        ) : (
          ''
        )}
      </span>
      <span class="duration">
        <span class="bar">
          <i
            class={trace.errorCount > 0 ? 'failed' : ''}
            style={{ width: `${longestMs > 0 ? Math.max(1, (100 * trace.durationMs) / longestMs) : 0}%` }}
          />
        </span>
        <span class="num">{formatDuration(trace.durationMs)}</span>
      </span>
      <span class="num cell-spans" title={`${formatCount(trace.spanCount)} spans in ${trace.services.length} services`}>
        {formatCount(trace.spanCount)}
        <ServiceDots names={trace.services.map(({ name }) => name)} />
      </span>
      <span class="num">
        <ErrorCount count={trace.errorCount} />
      </span>
      <span class="num muted">{trace.logCount > 0 ? formatCount(trace.logCount) : ''}</span>
    </>
  );
}
