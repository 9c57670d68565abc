/** Everything about one span: what it is, what failed, its attributes, events, links, log lines, and where it came from. */
import type { ComponentChildren, JSX } from 'preact';
import type { Attributes, Log, Span, SpanEvent } from '../../api.ts';
import { formatDuration } from '../format/duration.ts';
import { formatLine } from '../format/text.ts';
import { formatAbsolute } from '../format/time.ts';
import type { SpanNode } from '../logic/waterfall.ts';
import { AttributeTable, LongText } from '../parts/attributes.tsx';
import { CopyButton, IconButton } from '../parts/button.tsx';
import { Level, ServiceChip } from '../parts/chip.tsx';
import { Link } from '../parts/link.tsx';
import { StackTrace } from '../parts/stack-trace.tsx';
import { go, linkTo } from '../state/location.ts';

interface SpanPanelProps {
  readonly node: SpanNode;
  readonly traceStartMs: number;
  readonly traceMs: number;
  readonly logs: readonly Log[];
  readonly onClose: () => void;
  readonly onSelectLog: (id: string) => void;
}

/** Other traces that meet the condition. */
export const filterTraces = (condition: string): void => go(linkTo('/traces', { attr: [condition], service: undefined }));

export function SpanPanel({ node, traceStartMs, traceMs, logs, onClose, onSelectLog }: SpanPanelProps): JSX.Element {
  const { span } = node;
  const exceptions = span.events.filter(({ name }) => name === 'exception');
  const events = span.events.filter(({ name }) => name !== 'exception');
  return (
    <aside class="panel" aria-label="Span">
      <header>
        <div>
          <h2>{formatLine(span.name, 200)}</h2>
          <p class="panel-sub">
            <ServiceChip name={span.service} />
            <span class="tag">{span.kind}</span>
            {span.status.code !== 'unset' && <span class={`tag ${span.status.code === 'error' ? 'bad' : ''}`}>{span.status.code}</span>}
          </p>
        </div>
        <IconButton icon="close" label="Close the details (Esc)" onClick={onClose} />
      </header>
      <dl class="facts">
        <Fact name="Duration">
          {formatDuration(span.durationMs)} <small class="muted">{share(span.durationMs, traceMs)} of the trace</small>
        </Fact>
        <Fact name="Self time">{formatDuration(node.selfMs)}</Fact>
        <Fact name="Starts at">+{formatDuration(span.startMs - traceStartMs)}</Fact>
        <Fact name="Spans below">{node.descendants}</Fact>
      </dl>
      {span.status.message && !exceptions.some(({ attributes }) => attributes['exception.message'] === span.status.message) && (
        <p class="fault-box">
          <LongText text={span.status.message} />
        </p>
      )}
      {exceptions.map((event, index) => (
        <Exception key={index} event={event} group={span.errorGroup} />
      ))}
      <Section title="Attributes" count={Object.keys(span.attributes).length}>
        <AttributeTable attributes={span.attributes} label="Attributes of the span" onFilter={filterTraces} />
      </Section>
      {logs.length > 0 && (
        <Section title="Logs of this span" count={logs.length}>
          <ul class="lines">
            {logs.slice(0, 50).map((log) => (
              <li key={log.id}>
                <button type="button" onClick={() => onSelectLog(`log ${log.id}`)}>
                  <span class="num muted">+{formatDuration(log.timeMs - traceStartMs)}</span>
                  <Level severity={log.severity} />
                  <span class="mono cut">{formatLine(log.body, 300)}</span>
                </button>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {events.length > 0 && (
        <Section title="Events" count={events.length}>
          {events.slice(0, 100).map((event, index) => (
            <Event key={index} event={event} traceStartMs={traceStartMs} />
          ))}
        </Section>
      )}
      {span.links.length > 0 && (
        <Section title="Links" count={span.links.length}>
          <Links span={span} />
        </Section>
      )}
      <Section title="Resource" count={Object.keys(span.resource).length} closed>
        <AttributeTable attributes={span.resource} label="Resource" onFilter={filterTraces} />
      </Section>
      <Section title="Identity" closed>
        <AttributeTable flat attributes={identity(span)} label="Identity" />
      </Section>
      <Section title="JSON" closed>
        <div class="json-tools">
          <CopyButton text={JSON.stringify(span, null, 2)} label="Copy the span as JSON">
            Copy
          </CopyButton>
        </div>
        <pre class="mono structured">
          <LongText text={JSON.stringify(span, null, 2)} limit={4000} />
        </pre>
      </Section>
      <footer class="panel-links">
        <Link href={linkTo('/traces', { name: span.name, service: span.service })}>Similar traces</Link>
        <Link href={linkTo('/logs', { attr: undefined, trace: span.traceId, span: span.spanId, range: 'all', service: undefined })}>
          Its logs in the list
        </Link>
        {span.errorGroup && <Link href={linkTo(`/errors/${span.errorGroup}`)}>Error group</Link>}
      </footer>
    </aside>
  );
}

function share(part: number, whole: number): string {
  return whole > 0 ? `${Math.round((100 * part) / whole)}%` : '';
}

function identity(span: Span): Attributes {
  return {
    'span id': span.spanId,
    'trace id': span.traceId,
    'parent span id': span.parentSpanId || '–',
    start: formatAbsolute(span.startMs),
    'start (ns)': span.startNano,
    'end (ns)': span.endNano,
    scope: span.scope.version ? `${span.scope.name} ${span.scope.version}` : span.scope.name,
    ...(span.dropped && { dropped: `${span.dropped.attributes} attributes, ${span.dropped.events} events, ${span.dropped.links} links` }),
  };
}

export function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="num">{children}</dd>
    </div>
  );
}

export function Section(props: {
  readonly title: string;
  readonly count?: number;
  readonly closed?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <details class="section" open={!props.closed}>
      <summary>
        {props.title} {props.count !== undefined && <small class="muted num">{props.count}</small>}
      </summary>
      {props.children}
    </details>
  );
}

function Exception({ event, group }: { readonly event: SpanEvent; readonly group: string | undefined }): JSX.Element {
  const { 'exception.type': type = 'Exception', 'exception.message': message = '', 'exception.stacktrace': stack } = event.attributes;
  return (
    <section class="exception">
      <h3>
        <span class="cut">{formatLine(String(type), 120)}</span>
        {group && <Link href={linkTo(`/errors/${group}`)}>All of this kind</Link>}
      </h3>
      <p>
        <LongText text={String(message)} mono={false} />
      </p>
      {typeof stack === 'string' && <StackTrace stack={stack} />}
    </section>
  );
}

function Event({ event, traceStartMs }: { readonly event: SpanEvent; readonly traceStartMs: number }): JSX.Element {
  return (
    <div class="event">
      <h3>
        <span class="num muted">+{formatDuration(event.timeMs - traceStartMs)}</span> {formatLine(event.name, 120)}
      </h3>
      {Object.keys(event.attributes).length > 0 && (
        <AttributeTable flat attributes={event.attributes} label={`Attributes of ${event.name}`} />
      )}
    </div>
  );
}

function Links({ span }: { readonly span: Span }): JSX.Element {
  return (
    <>
      {span.links.map((link) => (
        <div class="event" key={link.spanId}>
          {link.known ? (
            <Link class="mono" href={linkTo(`/traces/${link.traceId}`, { span: link.spanId })}>
              {link.traceId.slice(0, 16)}… span {link.spanId}
            </Link>
          ) : (
            <span class="mono muted" title="This trace is not in the store">
              {link.traceId.slice(0, 16)}… span {link.spanId} (not here)
            </span>
          )}
          {Object.keys(link.attributes).length > 0 && <AttributeTable flat attributes={link.attributes} label="Attributes of the link" />}
        </div>
      ))}
    </>
  );
}
