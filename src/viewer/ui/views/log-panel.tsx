/** Everything about one log record: its text, attributes, exception, origin, and the span in which it was written. */
import type { JSX } from 'preact';
import type { Log } from '../../api.ts';
import { formatLine } from '../format/text.ts';
import { formatAbsolute } from '../format/time.ts';
import { AttributeTable, LongText, ValueText } from '../parts/attributes.tsx';
import { CopyButton, IconButton } from '../parts/button.tsx';
import { Level, ServiceChip } from '../parts/chip.tsx';
import { Link } from '../parts/link.tsx';
import { StackTrace } from '../parts/stack-trace.tsx';
import { linkTo } from '../state/location.ts';
import { Section } from './span-panel.tsx';

interface LogPanelProps {
  readonly log: Log;
  readonly onClose: () => void;
  readonly onFilter?: (condition: string) => void;
  /** Already shown inside its trace: goes to its span. */
  readonly onSpan?: (spanId: string) => void;
}

export function LogPanel({ log, onClose, onFilter, onSpan }: LogPanelProps): JSX.Element {
  const { 'exception.stacktrace': stack, ...attributes } = log.attributes;
  return (
    <aside class="panel" aria-label="Log record">
      <header>
        <div>
          <h2 class="log-title">{formatLine(log.eventName ?? log.body, 160)}</h2>
          <p class="panel-sub">
            <Level severity={log.severity} />
            <ServiceChip name={log.service} />
            <time class="num muted" dateTime={new Date(log.timeMs).toISOString()}>
              {formatAbsolute(log.timeMs)}
            </time>
          </p>
        </div>
        <IconButton icon="close" label="Close the details (Esc)" onClick={onClose} />
      </header>
      <div class="panel-actions">
        {log.traceId !== '' && onSpan === undefined && (
          <Link class="button primary" href={linkTo(`/traces/${log.traceId}`, { span: log.spanId, log: log.id })}>
            Open its trace
          </Link>
        )}
        {onSpan && log.spanId !== '' && (
          <button type="button" class="button" onClick={() => onSpan(log.spanId)}>
            Its span
          </button>
        )}
        {log.errorGroup && (
          <Link class="button" href={linkTo(`/errors/${log.errorGroup}`)}>
            Error group
          </Link>
        )}
        <CopyButton text={log.body} label="Copy the message">
          Copy message
        </CopyButton>
      </div>
      <Section title="Message">
        <div class="body">
          <ValueText value={log.body} />
        </div>
      </Section>
      {typeof stack === 'string' && <StackTrace stack={stack} />}
      {Object.keys(attributes).length > 0 && (
        <Section title="Attributes" count={Object.keys(attributes).length}>
          <AttributeTable attributes={attributes} label="Attributes of the record" onFilter={onFilter} />
        </Section>
      )}
      <Section title="Resource" count={Object.keys(log.resource).length} closed>
        <AttributeTable attributes={log.resource} label="Resource" onFilter={onFilter} />
      </Section>
      <Section title="Identity" closed>
        <AttributeTable
          flat
          label="Identity"
          attributes={{
            'trace id': log.traceId || '–',
            'span id': log.spanId || '–',
            severity: `${log.severityText} (${log.severityNumber})`,
            'time (ns)': log.timeNano,
            scope: log.scope.version ? `${log.scope.name} ${log.scope.version}` : log.scope.name,
          }}
        />
      </Section>
      <Section title="JSON" closed>
        <pre class="mono structured">
          <LongText text={JSON.stringify(log, null, 2)} limit={4000} />
        </pre>
      </Section>
    </aside>
  );
}
