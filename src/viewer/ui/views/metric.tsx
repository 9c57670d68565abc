/** One metric: its lines over time, split and filtered by attributes, the exemplars that lead to traces, and the latest values. */
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { MetricInfo, MetricSeries } from '../../api.ts';
import { Heat } from '../charts/heat.tsx';
import { Lines } from '../charts/lines.tsx';
import { formatLine } from '../format/text.ts';
import { formatClock } from '../format/time.ts';
import { describeUnit, formatUnit } from '../format/unit.ts';
import { choicesOf, drawnLines, labelOf, latest, type Shown } from '../logic/series-lines.ts';
import { Button, IconButton, Segmented } from '../parts/button.tsx';
import { ServiceChip } from '../parts/chip.tsx';
import { Conditions } from '../parts/conditions.tsx';
import { Link } from '../parts/link.tsx';
import { Loaded } from '../parts/state.tsx';
import { api } from '../state/api.ts';
import { change, changeRange, go, linkTo, param, params, range, service, toggleCondition } from '../state/location.ts';
import { formatRange } from '../state/range.ts';
import { currentBounds } from '../state/bounds.ts';
import { useResource } from '../state/resource.ts';
import { serviceColour } from '../state/services.ts';
import { slotCount } from '../logic/palette.ts';

const titles: Readonly<Record<Shown, string>> = {
  value: 'Value',
  rate: 'Rate',
  percentiles: 'Percentiles',
  p50: 'p50',
  p90: 'p90',
  p99: 'p99',
  heat: 'Heat map',
};

export function MetricDetail({ metric }: { readonly metric: MetricInfo }): JSX.Element {
  const by = params('by');
  const attr = params('attr');
  const asked = {
    name: metric.name,
    ...(service.value && { service: service.value }),
    ...(by.length > 0 && { by }),
    ...(attr.length > 0 && { attr }),
  };
  const series = useResource(JSON.stringify(['series', asked, formatRange(range.value)]), (signal) =>
    api.series({ ...asked, points: 60, ...currentBounds() }, signal),
  );
  const toggleSplit = (key: string): void =>
    change({ by: by.includes(key) ? by.filter((one) => one !== key) : [...by, key] }, { replace: true });
  return (
    <div class="metric-detail scroll" tabIndex={0} role="region" aria-label={metric.name}>
      <header>
        <h2>{formatLine(metric.name, 200)}</h2>
        <p class="muted">
          {formatLine(metric.description, 400) || 'No description.'}
          {metric.unit !== '' && metric.unit !== '1' && <span class="tag">{describeUnit(metric.unit, false)}</span>}
          <span class="tag">{metric.type.replace('_', ' ')}</span>
          {metric.services.map((name) => (
            <ServiceChip key={name} name={name} />
          ))}
        </p>
      </header>
      <div class="metric-tools">
        {metric.attributeKeys.length > 0 && (
          <div class="split" role="group" aria-label="Split by">
            <span class="muted">Split by</span>
            {metric.attributeKeys.slice(0, 12).map((key) => (
              <Button key={key} kind="quiet" pressed={by.includes(key)} onClick={() => toggleSplit(key)}>
                {formatLine(key, 40)}
              </Button>
            ))}
          </div>
        )}
        <ConditionField />
      </div>
      <Conditions />
      <Loaded of={series}>{(data) => <SeriesCharts metric={metric} data={data} />}</Loaded>
    </div>
  );
}

function ConditionField(): JSX.Element {
  const [draft, setDraft] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.trim() !== '') toggleCondition(draft.trim());
        setDraft('');
      }}
    >
      <input
        class="condition-field"
        aria-label="Add a condition"
        placeholder="Filter: key=value"
        value={draft}
        onInput={(event) => setDraft(event.currentTarget.value)}
      />
    </form>
  );
}

const percentileColours: Readonly<Record<string, string>> = { p50: 'service-1', p90: 'service-0', p99: 'service-2' };

/** Percentiles have colours of their own; split lines take the palette, services their own colour. */
function colourOf(data: MetricSeries, shown: Shown, label: string, index: number): { readonly colour: string } {
  if (shown === 'percentiles') return { colour: percentileColours[label] ?? 'accent' };
  const attributes = data.lines[index]?.attributes ?? {};
  const keys = Object.keys(attributes);
  if (keys.length === 1 && keys[0] === 'service.name') return { colour: serviceColour(String(attributes['service.name'])).slice(6, -1) };
  return { colour: data.lines.length === 1 ? 'accent' : `service-${(index * 3) % slotCount}` };
}

function SeriesCharts({ metric, data }: { readonly metric: MetricInfo; readonly data: MetricSeries }): JSX.Element {
  const split = data.lines.length > 1 || Object.keys(data.lines[0]?.attributes ?? {}).length > 0;
  const choices = choicesOf(data, split);
  const shown = choices.find((choice) => choice === param('show')) ?? choices[0]!;
  const isRate = shown === 'rate';
  const counted = data.shows === 'percentiles' && isRate;
  const format = (value: number, tick = false): string =>
    formatUnit(value, counted ? '1' : metric.unit, { rate: isRate, tick, name: metric.name });
  const lines = useMemo(
    () => drawnLines(data, shown).map((line) => ({ ...line, ...colourOf(data, shown, line.label, line.series) })),
    [data, shown],
  );
  const dots = useMemo(
    () => (isRate || shown === 'heat' ? [] : [...data.exemplars].sort((a, b) => b.value - a.value)),
    [data, isRate, shown],
  );
  const openTrace = (index: number): void => {
    const exemplar = dots[index];
    if (exemplar?.known) go(linkTo(`/traces/${exemplar.traceId}`, { span: exemplar.spanId }));
  };
  if (data.lines.length === 0)
    return <p class="card-empty">No point of this metric came in this time range, or none meets the conditions.</p>;
  return (
    <>
      <div class="chart-head">
        {choices.length > 1 ? (
          <Segmented
            label="What to show"
            choices={choices.map((value) => ({ value, label: value === 'value' ? 'Mean' : titles[value] }))}
            value={shown}
            onChange={(show) => change({ show }, { replace: true })}
          />
        ) : (
          <span class="muted">{isRate ? describeUnit(metric.unit, true) || 'per second' : titles[shown]}</span>
        )}
        {shown === 'percentiles' && (
          <span class="legend">
            {['p50', 'p90', 'p99'].map((name) => (
              <span key={name}>
                <i class="dash" style={{ background: `var(--${percentileColours[name]})` }} /> {name}
              </span>
            ))}
          </span>
        )}
        {dots.length > 0 && (
          <span class="legend">
            <i class="diamond" /> exemplar: click for its trace
          </span>
        )}
        {data.hiddenLines > 0 && <span class="muted">{data.hiddenLines} more lines are not shown</span>}
      </div>
      {shown === 'heat' && data.heat ? (
        <Heat times={data.times} stepMs={data.stepMs} bounds={data.heat.bounds} counts={data.heat.counts} format={format} />
      ) : (
        <Lines
          label={`${metric.name} over time. The table below holds the latest values.`}
          times={data.times}
          lines={lines}
          dots={dots}
          format={format}
          onDot={openTrace}
          onBrush={(from, to) => changeRange({ kind: 'custom', from, to })}
        />
      )}
      <LatestValues metric={metric} data={data} colours={split ? lines.map(({ colour }) => colour) : []} />
      {data.exemplars.length > 0 && <Exemplars data={data} metric={metric} />}
    </>
  );
}

function LatestValues({
  metric,
  data,
  colours,
}: {
  readonly metric: MetricInfo;
  readonly data: MetricSeries;
  readonly colours: readonly string[];
}): JSX.Element {
  const isHistogram = data.shows === 'percentiles';
  const show = (values: readonly (number | null)[] | undefined, rate = false, unit = metric.unit): string => {
    const value = latest(values);
    return value === undefined ? '–' : formatUnit(value, unit, { rate, name: metric.name });
  };
  return (
    <div class="table-box">
      <table class="table">
        <caption class="heard">Latest values</caption>
        <thead>
          <tr>
            <th scope="col">Series</th>
            {isHistogram ? (
              ['Rate', 'Mean', 'p50', 'p90', 'p99'].map((title) => (
                <th key={title} scope="col" class="num">
                  {title}
                </th>
              ))
            ) : (
              <th scope="col" class="num">
                {data.shows === 'rate' ? 'Rate' : 'Value'}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {data.lines.map((line, index) => (
            <tr key={index}>
              <td class="grow">
                {colours[index] && <i class="series-colour" style={{ background: `var(--${colours[index]})` }} />}
                {formatLine(labelOf(line.attributes), 200) || 'all'}
                {Object.entries(line.attributes).map(([key, value]) => (
                  <IconButton
                    key={key}
                    small
                    icon="filter"
                    label={`Only ${key}=${String(value)}`}
                    onClick={() => toggleCondition(`${key}=${String(value)}`)}
                  />
                ))}
              </td>
              {isHistogram ? (
                <>
                  <td class="num">{show(line.rate, true, '1')}</td>
                  <td class="num">{show(line.value)}</td>
                  <td class="num">{show(line.p50)}</td>
                  <td class="num">{show(line.p90)}</td>
                  <td class="num">{show(line.p99)}</td>
                </>
              ) : (
                <td class="num">{show(line.value, data.shows === 'rate')}</td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Exemplars({ data, metric }: { readonly data: MetricSeries; readonly metric: MetricInfo }): JSX.Element {
  const largest = [...data.exemplars].sort((a, b) => b.value - a.value).slice(0, 10);
  return (
    <section class="exemplars">
      <h3>Largest exemplars</h3>
      <ul>
        {largest.map(({ timeMs, value, traceId, spanId, known }) => (
          <li key={`${timeMs} ${spanId}`}>
            <b class="num">{formatUnit(value, metric.unit, { name: metric.name })}</b>
            <span class="num muted">{formatClock(timeMs)}</span>
            {known ? (
              <Link class="mono" href={linkTo(`/traces/${traceId}`, { span: spanId })}>
                {traceId.slice(0, 16)}…
              </Link>
            ) : (
              <span class="mono muted" title="This trace is not in the store">
                {traceId.slice(0, 16)}…
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
