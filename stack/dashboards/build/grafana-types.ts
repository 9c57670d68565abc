/**
 * Grafana's own types of its panels' options, of the release that docker-compose.yml runs, so that a misspelt option does not compile. Its enums are
 * taken as the words they stand for. alertlist has no published type.
 */

import type {
  FieldConfig as TableFields,
  Options as Table,
} from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type { Options as BarGauge } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type { Options as Heatmap } from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import type { Options as Logs } from '@grafana/schema/dist/esm/raw/composable/logs/panelcfg/x/LogsPanelCfg_types.gen';
import type { Options as NodeGraph } from '@grafana/schema/dist/esm/raw/composable/nodegraph/panelcfg/x/NodeGraphPanelCfg_types.gen';
import type { Options as Stat } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type {
  FieldConfig as StateFields,
  Options as StateTimeline,
} from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type {
  FieldConfig as CurveFields,
  Options as TimeSeries,
} from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
import type { Json } from './json.ts';

/** The same with the word instead of the enum. */
type Worded<Type> = Type extends string
  ? string
  : Type extends number
    ? number
    : Type extends boolean
      ? boolean
      : Type extends readonly (infer Item)[]
        ? Worded<Item>[]
        : Type extends object
          ? { [Key in keyof Type]: Worded<Type[Key]> }
          : Type;

export interface PanelOptions {
  readonly alertlist: Readonly<Record<string, Json>>;
  readonly bargauge: Worded<BarGauge>;
  readonly heatmap: Worded<Heatmap>;
  readonly logs: Worded<Logs>;
  readonly nodeGraph: Worded<NodeGraph>;
  readonly stat: Worded<Stat>;
  readonly 'state-timeline': Worded<StateTimeline>;
  readonly table: Worded<Table>;
  readonly timeseries: Worded<TimeSeries>;
}

/** `fieldConfig.defaults.custom`, where a kind has one. */
export interface PanelFields {
  readonly 'state-timeline': Worded<StateFields>;
  readonly table: Worded<TableFields>;
  readonly timeseries: Worded<CurveFields>;
}
