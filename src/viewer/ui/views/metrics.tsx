/** The metrics that arrive: a list to search at the left, the chosen one at the right. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { MetricInfo } from '../../api.ts';
import { describeUnit } from '../format/unit.ts';
import { formatLine } from '../format/text.ts';
import { SearchBox } from '../parts/search-box.tsx';
import { Empty, Fault, Nothing } from '../parts/state.tsx';
import { VirtualList } from '../parts/virtual-list.tsx';
import { Link } from '../parts/link.tsx';
import { api } from '../state/api.ts';
import { useKeys } from '../state/keys.ts';
import { go, linkTo, service } from '../state/location.ts';
import { useResource } from '../state/resource.ts';
import { MetricDetail } from './metric.tsx';

const typeNames: Readonly<Record<MetricInfo['type'], string>> = {
  gauge: 'gauge',
  sum: 'sum',
  histogram: 'histogram',
  exponential_histogram: 'exp. histogram',
  summary: 'summary',
};

export function MetricsView({ name }: { readonly name: string }): JSX.Element {
  const [words, setWords] = useState('');
  const metrics = useResource(`metrics ${service.value ?? ''}`, (signal) =>
    api.metrics(service.value ? { service: service.value } : {}, signal),
  );
  const all = metrics.data?.items ?? [];
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = all.filter((metric) =>
    wanted.every((word) => `${metric.name} ${metric.description} ${metric.unit}`.toLowerCase().includes(word)),
  );
  const chosen = all.find((metric) => metric.name === name);
  const move = (by: number): void => {
    const next = shown[Math.max(0, Math.min(shown.length - 1, shown.findIndex((metric) => metric.name === name) + by))];
    if (next) go(linkTo(`/metrics/${encodeURIComponent(next.name)}`), { replace: name !== '' });
  };
  useKeys({ j: () => move(1), k: () => move(-1) });
  if (metrics.fault && all.length === 0) return <Fault fault={metrics.fault} onRetry={metrics.reload} />;
  if (metrics.data && all.length === 0) return <Nothing icon="metrics" what="metrics" />;
  return (
    <div class="metrics-view">
      <div class="column metric-list">
        <div class="filters">
          <SearchBox label="Search metrics" placeholder="Search metrics" value={words} onChange={setWords} />
        </div>
        <VirtualList
          label="Metrics"
          items={shown}
          rowHeight={48}
          keyOf={(metric) => metric.name}
          row={(metric) => (
            <Link
              href={linkTo(`/metrics/${encodeURIComponent(metric.name)}`)}
              class={`metric-row${metric.name === name ? ' active' : ''}`}
              current={metric.name === name}
              title={formatLine(metric.description)}
            >
              <span class="cut">{formatLine(metric.name, 120)}</span>
              <small class="muted cut">
                {typeNames[metric.type]}
                {metric.unit !== '' && metric.unit !== '1' && ` · ${describeUnit(metric.unit, false)}`} · {metric.series} series
              </small>
            </Link>
          )}
        />
      </div>
      {chosen ? (
        <MetricDetail key={name} metric={chosen} />
      ) : name !== '' && metrics.data ? (
        <Empty icon="metrics" title="No such metric">
          <p>
            <code>{formatLine(name, 200)}</code> has not arrived{service.value ? ` from ${service.value}` : ''}.
          </p>
        </Empty>
      ) : (
        <Empty icon="metrics" title="Choose a metric">
          <p>Histograms show percentiles and a heat map; their dots are exemplars: real requests, a click opens the trace.</p>
        </Empty>
      )}
    </div>
  );
}
