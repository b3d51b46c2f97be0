/** A panel as Grafana reads it, as far as it is looked into. */
export interface DashboardPanel {
  readonly type: string;
  readonly id?: number;
  readonly title?: string | undefined;
  /** Place on the grid of 24 columns. */
  readonly gridPos?: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  /** Its queries. */
  readonly targets?: readonly object[];
  /** Panels of a row. */
  readonly panels?: readonly DashboardPanel[];
  /** How values are shown. */
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly max?: number;
      readonly thresholds?: { readonly steps: readonly { readonly value?: number | null }[] };
    };
  };
}

/** Variable of a dashboard, as Grafana reads it. */
export interface DashboardModelVariable {
  readonly name: string;
  readonly query?: unknown;
  readonly includeAll?: boolean;
}

/**
 * A dashboard as Grafana reads it, as far as it is looked into. Grafana's own types are left out of what this
 * package declares: compilers that do not know `exports` cannot find them.
 *
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
export interface DashboardModel {
  readonly uid: string;
  readonly title: string;
  readonly panels?: readonly DashboardPanel[];
  readonly templating: {
    readonly list?: readonly DashboardModelVariable[];
  };
}

/** One query of a dashboard. */
export interface DashboardQuery {
  /** Title of its panel. */
  readonly panel: string;
  /** PromQL with Grafana's variables. */
  readonly query: string;
  /** Names of its series, as Grafana makes them. */
  readonly legend: string;
}

function legendOf(target: object): string {
  return 'legendFormat' in target && typeof target.legendFormat === 'string'
    ? target.legendFormat
    : '';
}

/** Every query of a dashboard, in the order of its panels. */
export function dashboardQueries(model: Pick<DashboardModel, 'panels'>): DashboardQuery[] {
  return (model.panels ?? []).flatMap((panel) => {
    const { panels: inside = [], targets: own = [] } = panel;
    return [
      ...own.flatMap((target) =>
        'expr' in target && typeof target.expr === 'string'
          ? [{ panel: panel.title ?? '', query: target.expr, legend: legendOf(target) }]
          : [],
      ),
      ...dashboardQueries({ panels: inside }),
    ];
  });
}
