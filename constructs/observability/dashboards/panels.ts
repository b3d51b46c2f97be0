import {
  GraphThresholdsStyleMode,
  GraphThresholdsStyleConfigBuilder,
  StackingConfigBuilder,
  StackingMode,
  VizLegendOptionsBuilder,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  TooltipDisplayMode,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DataTransformerConfig,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as statPanel from '@grafana/grafana-foundation-sdk/stat';
import * as tablePanel from '@grafana/grafana-foundation-sdk/table';
import * as textPanel from '@grafana/grafana-foundation-sdk/text';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import type { DashboardPanel } from './dashboard-model.ts';
import { DATASOURCE } from './dashboard-variables.ts';

/** A panel that a dashboard can have: a builder of Grafana's foundation SDK, or of {@link timeSeries} and the others here. */
export interface PanelBuilder {
  /** The panel as Grafana reads it. */
  build(): DashboardPanel;
}

/** One query of a panel. */
export interface PanelQuery {
  /** PromQL, with Grafana's variables. */
  readonly query: string;
  /** Name of its series, with `{{label}}` for the value of a label. */
  readonly legend: string;
}

/** From where on a value is good or bad. */
export interface Limits {
  /** Worth a look from here on. @default - nowhere */
  readonly warning?: number;
  /** An alert from here on. @default - nowhere */
  readonly critical?: number;
  /** Whether small values are the bad ones. @default false */
  readonly below?: boolean;
}

/** What a panel shows. */
export interface PanelOptions {
  readonly title: string;
  /** What it means, and when to worry. */
  readonly description: string;
  readonly queries: readonly PanelQuery[];
  /** Unit as Grafana names it, such as `s` or `percentunit`. @see https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit */
  readonly unit: string;
  /** Columns of 24. @default 12 */
  readonly width?: number;
  /** @default - none */
  readonly limits?: Limits;
  /** Top of the scale, where there is one. @default - what the values need */
  readonly max?: number;
  /** Whether the values make up a whole. @default false */
  readonly stacked?: boolean;
}

/** Rows of the grid that a panel with time series takes. */
const TALL = 8;
/** Rows of the grid that one number takes. */
const LOW = 4;

const SOURCE = { type: 'prometheus', uid: `\${${DATASOURCE}}` };

function target({ query, legend }: PanelQuery, index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(String.fromCharCode(65 + index))
    .expr(query)
    .legendFormat(legend);
}

function thresholds({ warning, critical, below = false }: Limits): ThresholdsConfigBuilder {
  const bad = [
    ...(warning === undefined ? [] : [{ color: 'orange', value: warning }]),
    ...(critical === undefined ? [] : [{ color: 'red', value: critical }]),
  ];
  // Each colour holds from its value upwards.
  const steps: Threshold[] = below
    ? [
        ...bad.toReversed().map(({ color }, index, all) => ({
          color,
          value: index === 0 ? null : bad[all.length - index]!.value,
        })),
        { color: 'green', value: bad[0]?.value ?? null },
      ]
    : [{ color: 'green', value: null }, ...bad];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}

/** Curves over time. */
export function timeSeries(options: PanelOptions): PanelBuilder {
  const { limits = {}, queries } = options;
  const marked = limits.warning !== undefined || limits.critical !== undefined;
  const panel = new timeseries.PanelBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(SOURCE)
    .unit(options.unit)
    .min(0)
    .span(options.width ?? 12)
    .height(TALL)
    .fillOpacity(options.stacked === true ? 30 : 5)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    )
    .thresholds(thresholds(limits))
    .thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(
        marked ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off,
      ),
    );
  if (options.max !== undefined) {
    panel.max(options.max);
  }
  if (options.stacked === true) {
    panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  }
  return queries.reduce((all, query, index) => all.withTarget(target(query, index)), panel);
}

/** The newest value of each series, as a number. */
export function number(options: PanelOptions): PanelBuilder {
  const panel = new statPanel.PanelBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(SOURCE)
    .unit(options.unit)
    .span(options.width ?? 6)
    .height(LOW)
    .thresholds(thresholds(options.limits ?? {}))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
  return options.queries.reduce(
    (all, query, index) => all.withTarget(target(query, index).instant()),
    panel,
  );
}

/** The newest values, one line for each set of labels. */
export function table(
  options: PanelOptions & {
    /** Labels that become columns, and the name of the column with the value. */
    readonly columns: Readonly<Record<string, string>>;
  },
): PanelBuilder {
  const shown: DataTransformerConfig = {
    id: 'organize',
    options: {
      excludeByName: { Time: true },
      renameByName: options.columns,
    },
  };
  const panel = new tablePanel.PanelBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(SOURCE)
    .unit(options.unit)
    .span(options.width ?? 12)
    .height(TALL)
    .thresholds(thresholds(options.limits ?? {}))
    .withTransformation(shown);
  return options.queries.reduce(
    (all, query, index) =>
      all.withTarget(target(query, index).instant().format(PromQueryFormat.Table)),
    panel,
  );
}

/** A text in Markdown. */
export function note(title: string, markdown: string, width = 12): PanelBuilder {
  return new textPanel.PanelBuilder()
    .title(title)
    .transparent(false)
    .mode(textPanel.TextMode.Markdown)
    .content(markdown)
    .span(width)
    .height(TALL);
}
