/** stack/dashboards and what is generated from them: queries that parse, metrics that somebody sends, panels that say what they are for. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeDashboards, findStaleDashboards } from '../../scripts/dashboards.ts';
import { DASHBOARDS } from '../../stack/dashboards/all.ts';
import { columnTitles } from '../../stack/dashboards/build/encode-table.ts';
import { type DashboardQuery, dashboardQueries, defaultVariables, fillVariables } from '../../stack/dashboards/queries.ts';
import { metricSenders, translateMetric } from '../../stack/dashboards/translate-names.ts';
import { checkQuery, metricsOf } from '../../stack/grammar.ts';
import { compose, readText } from './files.ts';

const queries = dashboardQueries();
const panels = DASHBOARDS.flatMap(({ uid, rows }) =>
  rows.flatMap((row) => row.panels.map((panel) => ({ where: `${uid}: ${panel.title}`, panel }))),
);
const problemsOf = ({ datasource, expr }: Pick<DashboardQuery, 'datasource' | 'expr'>): readonly string[] =>
  checkQuery(datasource === 'loki' ? 'logql' : 'promql', expr);

/** What the generated files hold, as far as these tests look at it. */
interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly datasource: { readonly uid: string } }[];
  readonly panels?: readonly PanelJson[];
}
interface DashboardJson {
  readonly uid: string;
  readonly tags: readonly string[];
  readonly panels: readonly PanelJson[];
  readonly links: readonly { readonly tags: readonly string[]; readonly includeVars: boolean; readonly keepTime: boolean }[];
}
const files = [...encodeDashboards()].map(([name, text]) => ({ name, json: JSON.parse(text) as DashboardJson }));
const panelsOf = ({ panels: list }: DashboardJson): readonly PanelJson[] => list.flatMap((panel) => [panel, ...(panel.panels ?? [])]);

test('Grafana’s types are those of the release that runs', () => {
  const { devDependencies } = JSON.parse(readText('package.json')) as { readonly devDependencies: Readonly<Record<string, string>> };
  assert.equal(compose.services['grafana']?.image, `grafana/grafana:${devDependencies['@grafana/schema']}`);
});

test('the files in stack/grafana/dashboards are what the sources make (node scripts/dashboards.ts --write)', () => {
  assert.deepEqual(findStaleDashboards(), []);
  assert.deepEqual(
    files.map(({ name, json }) => `${json.uid}.json` === name),
    files.map(() => true),
  );
});

test('docs/dashboards.md lists them all, each with its question', () => {
  const rows = readText('docs/dashboards.md').match(/^\| \[.*$/gm) ?? [];
  assert.deepEqual(
    rows,
    DASHBOARDS.map(({ uid, title, description }) => `| [${title}](http://localhost:3000/d/${uid}) | ${description} |`),
  );
});

describe('queries', () => {
  for (const dashboard of DASHBOARDS)
    test(`${dashboard.uid}: each parses`, () => {
      const broken = queries
        .filter((query) => query.dashboard === dashboard.uid)
        .flatMap((query) => problemsOf(query).map((problem) => `${query.panel}: ${problem}`));
      assert.deepEqual(broken, []);
    });

  const faults = [
    ['promql', 'sum(rate(http_server_request_duration_seconds_count[5m])', 'a bracket that is not closed'],
    ['promql', 'sum by service_name (up)', 'a list without brackets'],
    ['promql', 'up{job=otel}', 'a value without quotes'],
    ['promql', '', 'nothing'],
    ['logql', '{service_name="a"} | | json', 'a stage that is empty'],
    ['logql', 'sum(count_over_time({service_name="a"}[5m])', 'a bracket that is not closed'],
    ['logql', 'service_name="a"', 'no selector'],
    ['logql', '{service_name="a"} | unwrap', 'unwrap of nothing'],
  ] as const;
  for (const [language, expr, what] of faults)
    test(`the grammar tells of ${what}`, () => {
      assert.notDeepEqual(checkQuery(language, expr), []);
    });

  test('variables are filled in, those of replacements left alone, unknown ones told', () => {
    assert.equal(
      fillVariables('a{x=~"$env"}[$__range] ${env:queryparam} $1 ${1}', { env: '.+', __range: '1h' }),
      'a{x=~".+"}[1h] .+ $1 ${1}',
    );
    assert.throws(() => fillVariables('a{x="$nobody"}', {}), /\$nobody/);
  });

  test('each service dashboard narrows every query about apps to the apps chosen', () => {
    const ofApps = /\b(http_(server|client)_|db_client_|nodejs_|v8js_|process_|otel_sdk_|traces_span_metrics_|shop_)/;
    for (const { uid, variables, rows } of DASHBOARDS) {
      const shown = variables.filter(({ hidden }) => !hidden).map(({ name }) => name);
      for (const panel of rows.flatMap((row) => row.panels))
        for (const { expr } of panel.queries) {
          if (!ofApps.test(expr.replace(/"[^"]*"/g, '""')) && !expr.includes('{service_namespace')) continue;
          for (const name of ['namespace', 'environment', 'service'])
            assert.ok(expr.includes(`$${name}`) && shown.includes(name), `${uid}, ${panel.title}: $${name} is not used in ${expr}`);
        }
    }
  });

  test('with nothing chosen, apps without namespace and environment are found as well', () => {
    for (const dashboard of DASHBOARDS) {
      const { namespace, environment, service } = defaultVariables(dashboard);
      assert.deepEqual({ namespace, environment, service }, { namespace: '.*', environment: '.*', service: '.+' }, dashboard.uid);
    }
  });
});

describe('metrics', () => {
  const used = new Set(queries.filter(({ datasource }) => datasource === 'prometheus').flatMap(({ expr }) => metricsOf(expr)));
  const senders = metricSenders();

  test('each that a query reads has a sender in stack/dashboards/metrics.ts', () => {
    assert.deepEqual(
      [...used].filter((name) => !senders.has(name)),
      [],
    );
  });

  test('each of the catalogue is read by some query, at least as one of its series', () => {
    const stem = (name: string): string => name.replace(/_(bucket|count|sum)$/, '');
    const stems = new Set([...used].map(stem));
    assert.deepEqual(
      [...senders.keys()].filter((name) => !stems.has(stem(name)) && !used.has(name)),
      [],
    );
  });

  test('names of metrics are found wherever they stand', () => {
    assert.deepEqual(metricsOf('sum(rate(a_total{x="b_total"}[5m])) / on (c) d:e:f > bool 3 and {__name__=~"g|h", i="j"} offset 5m'), [
      'a_total',
      'd:e:f',
      'g',
      'h',
    ]);
  });

  test('OpenTelemetry’s names become those of Prometheus', () => {
    assert.deepEqual(translateMetric(['http.server.request.duration', 's', 'histogram']), [
      'http_server_request_duration_seconds_bucket',
      'http_server_request_duration_seconds_count',
      'http_server_request_duration_seconds_sum',
    ]);
    assert.deepEqual(translateMetric(['nodejs.eventloop.utilization', '1', 'gauge']), ['nodejs_eventloop_utilization_ratio']);
    assert.deepEqual(translateMetric(['postgresql.backends', '1', 'updown']), ['postgresql_backends']);
    assert.deepEqual(translateMetric(['system.network.io', 'By', 'counter']), ['system_network_io_bytes_total']);
    assert.deepEqual(translateMetric(['redis.memory.fragmentation_ratio', '1', 'gauge']), ['redis_memory_fragmentation_ratio']);
    assert.throws(() => translateMetric(['a', 'furlong', 'gauge']), /furlong/);
  });
});

describe('panels', () => {
  test('each says in words what question it answers, in which unit, and is no copy of another', () => {
    for (const { where, panel } of panels) {
      assert.ok(panel.description.length > 12 && /[.?!]$/.test(panel.description), `${where}: a description is a sentence`);
      if (panel.kind !== 'logs' && panel.kind !== 'nodeGraph' && panel.kind !== 'alertlist') assert.ok(panel.unit, `${where}: a unit`);
      for (const query of panel.queries) {
        const named = query.legend !== undefined || query.column !== undefined || query.instant || panel.kind === 'logs';
        assert.ok(named, `${where}: a legend, or series are named by all their labels`);
      }
    }
    for (const { uid, rows } of DASHBOARDS) {
      const titles = rows.flatMap((row) => row.panels.map(({ title }) => title));
      assert.deepEqual(
        titles.filter((title, index) => titles.indexOf(title) !== index),
        [],
        `${uid}: a title twice`,
      );
    }
  });

  test('a table names its columns, and what it hides is not needed', () => {
    for (const { where, panel } of panels) {
      if (panel.kind !== 'table') continue;
      for (const query of panel.queries) assert.ok(query.column, `${where}: each query is a column`);
      const titles = [...new Set(columnTitles(panel).values())];
      assert.equal(titles.length, Object.keys(panel.labels ?? {}).length + panel.queries.length, `${where}: two columns of one title`);
      // A label that no query groups by is an empty column; one that is grouped by and not named shows Grafana's name.
      for (const { expr } of panel.queries)
        for (const label of Object.keys(panel.labels ?? {}))
          assert.match(expr, new RegExp(`\\b${label}\\b`), `${where}: no column ${label}`);
    }
  });

  test('ids are unique, panels lie side by side within 24 columns, and know their data source', () => {
    for (const { name, json } of files) {
      const all = panelsOf(json);
      const ids = all.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, `${name}: an id twice`);
      const taken = new Map<string, string>();
      for (const panel of all.filter(({ type }) => type !== 'row')) {
        const { x, y, w, h } = panel.gridPos;
        assert.ok(x >= 0 && x + w <= 24, `${name}: ${panel.title} is wider than the page`);
        const uids = new Set(panel.targets?.map(({ datasource }) => datasource.uid));
        for (const uid of uids) assert.match(uid, /^(prometheus|loki)$/, panel.title);
        if (uids.size > 0) assert.equal(panel.datasource?.uid, uids.size > 1 ? '-- Mixed --' : [...uids][0], panel.title);
        const refs = panel.targets?.map(({ refId }) => refId) ?? [];
        assert.equal(new Set(refs).size, refs.length, panel.title);
        const collapsed = json.panels.some((row) => row.panels?.includes(panel));
        for (let column = x; column < x + w; column++)
          for (let line = y; line < y + h; line++) {
            const cell = `${collapsed} ${column} ${line}`;
            assert.ok(!taken.has(cell), `${name}: ${panel.title} lies over ${taken.get(cell)}`);
            taken.set(cell, panel.title);
          }
      }
    }
  });

  test('from each dashboard a menu leads to all others, with the choice and the time', () => {
    assert.equal(new Set(files.map(({ json }) => json.uid)).size, 10);
    for (const { name, json } of files) {
      const [menu] = json.links;
      assert.ok(
        menu && menu.includeVars && menu.keepTime && menu.tags.every((tag) => files.every((file) => file.json.tags.includes(tag))),
        name,
      );
    }
  });

  test('links lead to dashboards that exist, and leave no other variable than Grafana’s', () => {
    const uids = new Set(DASHBOARDS.map(({ uid }) => uid));
    const links = panels.flatMap(({ where, panel }) =>
      [
        ...(panel.links ?? []),
        ...panel.queries.flatMap(({ column }) => column?.links ?? []),
        ...Object.values(panel.labels ?? {}).flatMap((label) => (typeof label === 'string' ? [] : (label.links ?? []))),
      ].map(({ url }) => ({ where, url })),
    );
    assert.ok(links.length > 8);
    for (const { where, url } of links) {
      const uid = /^\/d\/([^?]+)/.exec(url)?.[1];
      if (uid !== undefined) assert.ok(uids.has(uid), `${where}: ${uid}`);
      for (const [, name] of url.matchAll(/\$\{([^:}]+)/g))
        assert.match(String(name), /^(__data\.fields\.\w+|__from|__to|__url_time_range|namespace|environment)$/, where);
      const panes = /panes=([^&]+)/.exec(url)?.[1];
      if (panes !== undefined) JSON.parse(decodeURIComponent(panes));
    }
  });
});
