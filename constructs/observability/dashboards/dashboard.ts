import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  CustomVariableBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  type Panel,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import {
  coded,
  having,
  listOf,
  optional,
  type Shape,
  shaped,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import { EventPlatform } from '../../platform/event-platform.ts';
import { assignLayer, Layer } from '../../platform/layers.ts';
import { commonLabels, requireDnsLabel } from '../../core/names.ts';
import { requireProps, validateLater } from '../../core/problems.ts';
import { recordedMetrics } from '../alert-rules.ts';
import { DASHBOARDS, dashboardUid, declareDashboard } from '../dashboard-link.ts';
import { queryProblems } from '../metric-catalogue.ts';
import { type DashboardModel, dashboardQueries } from './dashboard-model.ts';
import {
  DATASOURCE,
  type DashboardVariable,
  unknownVariables,
  variablesOf,
  withVariables,
} from './dashboard-variables.ts';
import type { PanelBuilder } from './panels.ts';

/** What Grafana's sidecar finds dashboards by. */
export interface DashboardDiscovery {
  /** Label of the ConfigMaps. @default 'grafana_dashboard' */
  readonly label?: string;
  /** Value of the label. @default '1' */
  readonly labelValue?: string;
  /** Folder in Grafana. @default 'Event platform' */
  readonly folder?: string;
}

/** Panels under one heading. */
export interface DashboardRow {
  readonly title: string;
  /** From left to right, then down; a line has 24 columns. */
  readonly panels: readonly PanelBuilder[];
}

/** Properties of {@link Dashboard}. */
export interface DashboardProps extends DashboardDiscovery {
  /** Name of the object and, with the namespace, its UID in Grafana. A DNS label. */
  readonly name: string;
  readonly title: string;
  /** Which questions it answers. */
  readonly description: string;
  readonly rows: readonly DashboardRow[];
  /** What can be chosen, beside the Prometheus to ask. @default - nothing */
  readonly variables?: readonly DashboardVariable[];
  /** Metrics of parts of yours that queries name. @default - none */
  readonly externalMetrics?: readonly string[];
}

/** What is checked of a {@link DashboardDiscovery}. */
export const DASHBOARD_DISCOVERY: Shape<DashboardDiscovery> = {
  label: optional(text),
  labelValue: optional(text),
  folder: optional(text),
};

const SHAPE: Shape<DashboardProps> = {
  ...DASHBOARD_DISCOVERY,
  name: text,
  title: text,
  description: text,
  rows: listOf(
    shaped<DashboardRow>({
      title: text,
      panels: listOf(having("a builder of Grafana's panels, such as timeseries(…)", 'build')),
    }),
  ),
  variables: optional(
    listOf(shaped<DashboardVariable>({ name: text, label: text, values: listOf(text) })),
  ),
  externalMetrics: optional(listOf(text)),
};

/** What stands for a variable while a query is only read. */
const ANY_RANGE = '5m';

/**
 * A dashboard as a ConfigMap, which the sidecar of Grafana takes. A query that is no PromQL, a metric
 * that nothing of the platform emits, and a variable that is not declared are refused.
 *
 * @see https://github.com/grafana-community/helm-charts/blob/main/charts/grafana/README.md#sidecar-for-dashboards
 */
export class Dashboard extends Construct {
  /** What Grafana knows it by. */
  public readonly uid: string;
  /** What Grafana reads. */
  public readonly model: DashboardModel;
  /** The generated object. */
  public readonly configMap: k8s.KubeConfigMap;
  readonly #variables: readonly DashboardVariable[];
  readonly #externalMetrics: readonly string[];

  public constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    assignLayer(this, Layer.SCALING_AND_ALERTS);
    requireProps(this, props, SHAPE);
    const { label = 'grafana_dashboard', labelValue = '1', folder = 'Event platform' } = props;
    const name = requireDnsLabel(this, 'name', props.name);
    this.uid = dashboardUid(this, name);
    this.#variables = props.variables ?? [];
    this.#externalMetrics = props.externalMetrics ?? [];
    declareDashboard(this, name);
    this.model = this.#build(props);
    const json = `${JSON.stringify(this.model, null, 2)}\n`;
    this.configMap = new k8s.KubeConfigMap(this, 'config-map', {
      metadata: {
        name: `dashboard-${name}`,
        labels: { ...commonLabels(`dashboard-${name}`, 'monitoring'), [label]: labelValue },
        annotations: { grafana_folder: folder },
      },
      // The sidecar puts the files of all namespaces into one folder.
      data: { [`${this.uid}.json`]: json },
    });
    validateLater(this, () => [
      ...coded('EP6003', ...this.#queries()),
      ...coded('EP5003', ...this.#double()),
    ]);
  }

  #build({ title, description, rows }: DashboardProps): DashboardModel {
    const { namespace } = EventPlatform.of(this).environment;
    const builder = new DashboardBuilder(`${title} (${namespace})`)
      .uid(this.uid)
      .description(description)
      .tags(['event-platform', namespace])
      .tooltip(DashboardCursorSync.Crosshair)
      .time({ from: 'now-1h', to: 'now' })
      .refresh('30s')
      .readonly()
      .withVariable(
        new DatasourceVariableBuilder(DATASOURCE).label('Prometheus').type('prometheus'),
      );
    for (const { name, label, values } of this.#variables) {
      builder.withVariable(
        new CustomVariableBuilder(name)
          .label(label)
          .values(values.join(','))
          .multi(true)
          .includeAll(true)
          .current({ selected: true, text: ['All'], value: ['$__all'] }),
      );
    }
    for (const row of rows) {
      builder.withRow(new RowBuilder(row.title));
      row.panels.forEach((panel) => builder.withPanel(panel as Builder<Panel>));
    }
    const model = builder.build();
    // Grafana would number panels by itself, and links to one would depend on when it did.
    model.panels?.forEach((panel, index) => (panel.id = index + 1));
    return model as unknown as DashboardModel;
  }

  #queries(): string[] {
    const names = this.#variables.map(({ name }) => name);
    const others = new Set([...this.#externalMetrics, ...recordedMetrics(this)]);
    return dashboardQueries(this.model).flatMap(({ panel, query }) => {
      const unknown = unknownVariables(query, names).map(
        (name) =>
          `the query '${query}' names the variable '${name}', which the dashboard does not have: use ${[DATASOURCE, ...names].join(' or ')}, or declare it under 'variables'`,
      );
      const read = withVariables(
        query,
        Object.fromEntries(
          variablesOf(query).map((name) => [name, /_(s|ms)$/.test(name) ? '300' : ANY_RANGE]),
        ),
      );
      return [...unknown, ...queryProblems(this, read, others)].map(
        (problem) => `panel '${panel}': ${problem}`,
      );
    });
  }

  /** Grafana would keep one of two dashboards with the same UID, now this one and now the other. */
  #double(): string[] {
    const other = EventPlatform.of(this).registers.find(DASHBOARDS, this.uid);
    return other === undefined || other === this
      ? []
      : [
          `the UID '${this.uid}' is that of '${other.node.path}' too, and Grafana would show one of them: give it another name`,
        ];
  }
}
