/** Two traces beside each other, aligned span by span: what took longer, what is missing, what is new. */
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Trace } from '../../api.ts';
import { formatDuration } from '../format/duration.ts';
import { formatPlural } from '../format/number.ts';
import { formatLine } from '../format/text.ts';
import { formatAbsolute } from '../format/time.ts';
import { compareTrees, sumUp, type ComparedRow } from '../logic/compare.ts';
import { buildTree, type SpanNode, type SpanTree } from '../logic/waterfall.ts';
import { Button } from '../parts/button.tsx';
import { HttpStatus, ServiceChip } from '../parts/chip.tsx';
import { Icon } from '../parts/icon.tsx';
import { Link } from '../parts/link.tsx';
import { Loaded } from '../parts/state.tsx';
import { VirtualList } from '../parts/virtual-list.tsx';
import { api } from '../state/api.ts';
import { go, linkTo } from '../state/location.ts';
import { useResource } from '../state/resource.ts';
import { serviceColour } from '../state/services.ts';

export function CompareView({ left, right }: { readonly left: string; readonly right: string }): JSX.Element {
  const both = useResource(`compare ${left} ${right}`, (signal) => Promise.all([api.trace(left, signal), api.trace(right, signal)]), false);
  return <Loaded of={both}>{([a, b]) => <Compared left={a} right={b} />}</Loaded>;
}

function Compared({ left, right }: { readonly left: Trace; readonly right: Trace }): JSX.Element {
  const trees = useMemo(() => [buildTree(left.spans), buildTree(right.spans)] as const, [left, right]);
  const rows = useMemo(() => compareTrees(...trees), [trees]);
  const [differentOnly, setDifferentOnly] = useState(false);
  const sums = sumUp(rows);
  const longestMs = Math.max(trees[0].endMs - trees[0].startMs, trees[1].endMs - trees[1].startMs);
  const shown = differentOnly ? rows.filter((row) => isDifferent(row, longestMs)) : rows;
  return (
    <div class="column fill compare">
      <header class="compare-header">
        <Side letter="A" trace={left} />
        <Side letter="B" trace={right} />
        <div class="compare-sum">
          <b class="num">{formatDifference(right.summary.durationMs - left.summary.durationMs)}</b>
          <span class="muted">
            {formatPlural(sums.both, 'span')} in both, {sums.leftOnly} only in A, {sums.rightOnly} only in B
          </span>
          <span class="buttons">
            <Button pressed={differentOnly} kind="quiet" onClick={() => setDifferentOnly(!differentOnly)}>
              Differences only
            </Button>
            <Button onClick={() => go(linkTo(`/compare/${right.summary.traceId}/${left.summary.traceId}`), { replace: true })}>Swap</Button>
          </span>
        </div>
      </header>
      <VirtualList
        class="compare-list"
        label="Spans of both traces"
        items={shown}
        rowHeight={28}
        keyOf={({ id }) => id}
        head={
          <div class="compare-row head">
            <span>Span</span>
            <span>A</span>
            <span>B</span>
            <span class="num">B − A</span>
          </div>
        }
        row={(row) => <Row row={row} trees={trees} longestMs={longestMs} />}
      />
    </div>
  );
}

/** More than a tenth longer or shorter, and not by a trifle of the whole. */
function isDifferent({ left, right, differenceMs }: ComparedRow, longestMs: number): boolean {
  if (left === undefined || right === undefined || differenceMs === undefined) return true;
  if (left.span.status.code !== right.span.status.code) return true;
  return Math.abs(differenceMs) > longestMs / 100 && Math.abs(differenceMs) > left.span.durationMs / 10;
}

function formatDifference(ms: number): string {
  return `${ms > 0 ? '+' : ms < 0 ? '−' : '±'}${formatDuration(Math.abs(ms))}`;
}

function Side({ letter, trace: { summary } }: { readonly letter: string; readonly trace: Trace }): JSX.Element {
  return (
    <div class="compare-side">
      <span class="compare-letter">{letter}</span>
      <div>
        <p class="compare-name">
          <ServiceChip name={summary.service} />
          <Link class="cut" href={linkTo(`/traces/${summary.traceId}`)}>
            {formatLine(summary.name, 120)}
          </Link>
          {summary.httpStatus !== undefined && <HttpStatus code={summary.httpStatus} />}
        </p>
        <p class="muted num">
          <b>{formatDuration(summary.durationMs)}</b>, {formatPlural(summary.spanCount, 'span')},{' '}
          {formatAbsolute(summary.startMs).slice(0, 23)}
        </p>
      </div>
    </div>
  );
}

function Row({
  row,
  trees,
  longestMs,
}: {
  readonly row: ComparedRow;
  readonly trees: readonly [SpanTree, SpanTree];
  readonly longestMs: number;
}): JSX.Element {
  const { left, right, differenceMs } = row;
  const oneSided = left === undefined ? 'only B' : right === undefined ? 'only A' : undefined;
  const marked = isDifferent(row, longestMs);
  return (
    <div class={`compare-row${oneSided ? ' one-sided' : ''}`}>
      <span class="compare-span" style={{ paddingLeft: `${Math.min(row.depth, 14) * 14}px` }}>
        <i class="wf-colour" style={{ background: serviceColour(row.service) }} />
        <span class="cut" title={`${row.service}: ${formatLine(row.name)}`}>
          {formatLine(row.name, 120)}
        </span>
      </span>
      <CompareBar node={left} tree={trees[0]} longestMs={longestMs} />
      <CompareBar node={right} tree={trees[1]} longestMs={longestMs} />
      <span class="num">
        {oneSided ? (
          <span class="tag">{oneSided}</span>
        ) : (
          differenceMs !== undefined && (
            <span class={marked ? (differenceMs > 0 ? 'slower' : 'faster') : 'muted'}>
              {marked && <Icon name={differenceMs > 0 ? 'up' : 'down'} size={10} />}
              {formatDifference(differenceMs)}
            </span>
          )
        )}
      </span>
    </div>
  );
}

function CompareBar({
  node,
  tree,
  longestMs,
}: {
  readonly node: SpanNode | undefined;
  readonly tree: SpanTree;
  readonly longestMs: number;
}): JSX.Element {
  if (node === undefined) return <span class="compare-bar missing" />;
  const { span } = node;
  const left = ((span.startMs - tree.startMs) / longestMs) * 100;
  const width = (span.durationMs / longestMs) * 100;
  const end = left + width;
  const place = end < 75 ? 'after' : left > 25 ? 'before' : 'inside';
  const at = {
    after: { left: `calc(${end}% + 4px)` },
    before: { right: `calc(${100 - left}% + 4px)` },
    inside: { left: `calc(${left}% + 6px)` },
  }[place];
  return (
    <span class="compare-bar">
      <i
        class={span.status.code === 'error' ? 'failed' : ''}
        style={{ left: `${left}%`, width: `${width}%`, background: serviceColour(span.service) }}
      />
      <small class={`num ${place}`} style={at}>
        {formatDuration(span.durationMs)}
      </small>
    </span>
  );
}
