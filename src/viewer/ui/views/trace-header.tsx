/** The head of a trace: what it was, how it went, its measures, and what can be done with the whole. */
import type { JSX } from 'preact';
import type { Trace } from '../../api.ts';
import { formatDuration } from '../format/duration.ts';
import { formatCount } from '../format/number.ts';
import { formatLine } from '../format/text.ts';
import { formatAbsolute, formatClock, formatDate } from '../format/time.ts';
import { copyText, CopyButton, IconButton } from '../parts/button.tsx';
import { HttpStatus, ServiceChip } from '../parts/chip.tsx';
import { Icon } from '../parts/icon.tsx';
import { Link } from '../parts/link.tsx';
import { Popover } from '../parts/popover.tsx';
import { Ago } from '../parts/time.tsx';
import { linkTo } from '../state/location.ts';
import { tell } from '../state/notice.ts';
import { listedTraces, neighbour } from '../state/trace-list.ts';

interface TraceHeaderProps {
  readonly trace: Trace;
  readonly depth: number;
  readonly onNeighbour: (by: number) => void;
}

export function TraceHeader({ trace: { summary, logs }, depth, onNeighbour }: TraceHeaderProps): JSX.Element {
  const { traceId, name, service, startMs, durationMs, spanCount, errorCount, httpStatus, services, complete } = summary;
  return (
    <header class="trace-header">
      <div class="trace-title">
        <Link href={linkTo('/traces')} class="icon-button" title="Back to the list (Esc)" label="Back to the list">
          <Icon name="left" />
        </Link>
        <ServiceChip name={service} />
        <h2 class="cut">{formatLine(name, 200)}</h2>
        {httpStatus !== undefined && <HttpStatus code={httpStatus} />}
        {!complete && (
          <span class="tag" title="The root span has not arrived yet">
            partial
          </span>
        )}
        <div class="trace-actions">
          {listedTraces.value.length > 1 && (
            <>
              <IconButton
                icon="up"
                label="Newer trace of the list ([)"
                disabled={neighbour(traceId, -1) === undefined}
                onClick={() => onNeighbour(-1)}
              />
              <IconButton
                icon="down"
                label="Older trace of the list (])"
                disabled={neighbour(traceId, 1) === undefined}
                onClick={() => onNeighbour(1)}
              />
            </>
          )}
          <Popover label="Export and copy" icon="export" align="right" button={<span class="wide-only">Export</span>}>
            {(close) => <ExportMenu traceId={traceId} close={close} />}
          </Popover>
        </div>
      </div>
      <dl class="trace-facts">
        <Fact name="Duration">
          <b>{formatDuration(durationMs)}</b>
        </Fact>
        <Fact name="Started">
          <time dateTime={new Date(startMs).toISOString()} title={formatAbsolute(startMs)}>
            {formatDate(startMs) === formatDate(Date.now()) ? '' : `${formatDate(startMs)} `}
            {formatClock(startMs)}
          </time>{' '}
          <small class="muted">
            <Ago ms={startMs} />
          </small>
        </Fact>
        <Fact name="Spans">{formatCount(spanCount)}</Fact>
        <Fact name="Errors">{errorCount > 0 ? <b class="fault-text">{formatCount(errorCount)}</b> : '0'}</Fact>
        <Fact name="Logs">{formatCount(logs.length)}</Fact>
        <Fact name="Depth">{depth}</Fact>
        <div class="trace-services">
          <dt>Services</dt>
          <dd>
            {services.map(({ name: each, spans }) => (
              <span key={each} class="service-share">
                <ServiceChip name={each} />
                <small class="muted num">{spans}</small>
              </span>
            ))}
          </dd>
        </div>
        <div class="trace-id">
          <dt>Trace id</dt>
          <dd>
            <code>{traceId.slice(0, 16)}…</code>
            <CopyButton text={traceId} label="Copy the trace id" />
          </dd>
        </div>
      </dl>
    </header>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: preact.ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="num">{children}</dd>
    </div>
  );
}

function ExportMenu({ traceId, close }: { readonly traceId: string; readonly close: () => void }): JSX.Element {
  const copy = (text: string, what: string) => (): void => {
    close();
    void copyText(text).then((done) =>
      tell(done ? `${what} is on the clipboard.` : 'The browser did not let us copy.', done ? 'news' : 'fault'),
    );
  };
  return (
    <ul class="menu">
      <li>
        <button type="button" onClick={copy(traceId, 'The trace id')}>
          <Icon name="copy" size={14} /> Copy trace id
        </button>
      </li>
      <li>
        <button type="button" onClick={copy(location.href, 'The link')}>
          <Icon name="link" size={14} /> Copy link to what is shown
        </button>
      </li>
      <li>
        <a href={`/api/traces/${traceId}/otlp.json`} download={`trace-${traceId}.otlp.json`} onClick={close}>
          <Icon name="export" size={14} /> Download OTLP JSON
        </a>
      </li>
      <li>
        <a href={`/api/traces/${traceId}/jaeger.json`} download={`trace-${traceId}.jaeger.json`} onClick={close}>
          <Icon name="export" size={14} /> Download Jaeger JSON
        </a>
      </li>
    </ul>
  );
}
