import { Construct } from 'constructs';
import { DeclarationError } from '../../core/errors.ts';
import { requireProps, validateLater } from '../../core/problems.ts';
import { AlertRules } from '../alert-rules.ts';
import { consumerLag } from './consumer-lag.ts';
import { consumersDashboard } from './consumers.ts';
import {
  Dashboard,
  DASHBOARD_DISCOVERY,
  type DashboardDiscovery,
  type DashboardProps,
} from './dashboard.ts';
import { dapr } from './dapr.ts';
import { deadLetters } from './dead-letters.ts';
import { recordingRules } from './recording-rules.ts';
import { kafkaOverview } from './kafka-overview.ts';
import { partNames, platformParts } from './platform-parts.ts';
import { sagasDashboard } from './sagas.ts';
import { coded } from '@cdk8s-event-platform/contracts/internal';

/** Properties of {@link GrafanaDashboards}. */
export type GrafanaDashboardsProps = DashboardDiscovery;

/**
 * The dashboards of a platform: Kafka (where it has one), lag, sidecars, consumers, dead letters and sagas (where it has
 * some), with what the platform has to choose from and its alerts' numbers as lines. Comes last, after the
 * parts that it shows.
 *
 * @see https://grafana.com/docs/grafana/latest/dashboards/
 */
export class GrafanaDashboards extends Construct {
  /** The dashboards. */
  public readonly dashboards: readonly Dashboard[];
  /** Records metrics that several queries would otherwise compute again. */
  public readonly recordingRules: AlertRules;

  public constructor(scope: Construct, id: string, props: GrafanaDashboardsProps = {}) {
    super(scope, id);
    requireProps(this, props, DASHBOARD_DISCOVERY);
    const parts = platformParts(this);
    if (parts.consumers.length === 0) {
      throw new DeclarationError(
        this,
        ...coded(
          'EP5004',
          `there is no consumer to show: declare the dashboards after the consumers of the platform`,
        ),
      );
    }
    this.recordingRules = new AlertRules(this, 'recording-rules', {
      name: 'dashboards',
      alerts: [],
      recordingRules: recordingRules(parts),
    });
    const declared: DashboardProps[] = [
      ...(parts.kafka === undefined ? [] : [kafkaOverview(parts.namespace, parts.kafka)]),
      consumerLag(parts),
      dapr(parts),
      consumersDashboard(parts),
      deadLetters(parts),
      ...(parts.sagas.length === 0 ? [] : [sagasDashboard(parts)]),
    ];
    this.dashboards = declared.map(
      (dashboard) => new Dashboard(this, dashboard.name, { ...dashboard, ...props }),
    );
    const shown = new Set(partNames(parts));
    validateLater(this, () =>
      coded(
        'EP5004',
        ...partNames(platformParts(this))
          .filter((name) => !shown.has(name))
          .map(
            (name) =>
              `'${name}' was declared after the dashboards, and is on none of them: declare the dashboards last`,
          ),
      ),
    );
  }
}
