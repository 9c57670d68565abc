/** What a dashboard is made of, as its file in the folder above writes it down. encode-dashboard.ts turns it into Grafana's JSON. */

export type Datasource = 'prometheus' | 'loki';

/** How Grafana draws a panel; the names are Grafana's own. */
export type PanelKind = 'alertlist' | 'bargauge' | 'heatmap' | 'logs' | 'nodeGraph' | 'stat' | 'state-timeline' | 'table' | 'timeseries';

export interface Query {
  readonly expr: string;
  readonly datasource: Datasource;
  /** How a series is named; Grafana's `{{label}}`. */
  readonly legend?: string;
  /** One value for the whole time shown, instead of a curve. */
  readonly instant?: boolean;
  /** Dots on the curve that lead to a trace. */
  readonly exemplars?: boolean;
  /** Title, unit and limits of its column in a table. */
  readonly column?: Column;
  /** Why no data may be right, such as "no request failed". A query without it must have data wherever the shop runs. */
  readonly optional?: string;
}

export interface Column {
  readonly title: string;
  readonly unit?: string;
  readonly limits?: Limits;
  readonly links?: readonly Link[];
}

/** Where a value turns yellow, then red; upwards, or downwards when more is better. Never for mere decoration. */
export interface Limits {
  readonly yellow: number;
  readonly red: number;
}

/** Opens in a click on a value. */
export interface Link {
  readonly title: string;
  readonly url: string;
}

export interface Panel {
  readonly kind: PanelKind;
  readonly title: string;
  /** The question that the panel answers, and what to think of the answer. */
  readonly description: string;
  /** A unit of Grafana; logs and graphs have none. */
  readonly unit?: string;
  /** Of 24 columns. */
  readonly width: number;
  readonly height: number;
  readonly queries: readonly Query[];
  readonly min?: number;
  readonly max?: number;
  readonly decimals?: number;
  readonly limits?: Limits;
  readonly stacked?: boolean;
  /** Shown instead of "No data" where nothing is good news. */
  readonly empty?: string;
  readonly links?: readonly Link[];
  /** Words for values, such as 1: up. */
  readonly words?: Readonly<Record<string, Word>>;
  /** Label -> title of its column in a table; labels that are not named are hidden. */
  readonly labels?: Readonly<Record<string, string | Column>>;
}

export interface Word {
  readonly text: string;
  readonly colour: 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'text';
}

export interface Row {
  readonly title: string;
  /** One sentence: what its panels are good for. It stands in the row's line. */
  readonly purpose: string;
  readonly collapsed?: boolean;
  readonly panels: readonly Panel[];
}

/** One choice above the panels, filled with the values of a label. */
export interface Variable {
  readonly name: string;
  readonly title: string;
  readonly label: string;
  /** The series whose label is read; may use the variables before it. */
  readonly of: string;
  /** What `All` matches: `.*` also finds series that lack the label, `.+` only those that have it. */
  readonly all: '.*' | '.+';
  /** Not shown: only handed on to the next dashboard. */
  readonly hidden?: boolean;
}

export interface Annotation {
  readonly title: string;
  readonly expr: string;
  readonly text: string;
  readonly colour: string;
  readonly on: boolean;
}

export interface Dashboard {
  /** Part of its address, hence never changed. */
  readonly uid: string;
  readonly title: string;
  /** Who looks here, with which question. */
  readonly description: string;
  readonly tags: readonly string[];
  readonly from: string;
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}
