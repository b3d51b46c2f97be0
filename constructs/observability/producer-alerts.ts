import { Construct } from 'constructs';
import { RUNTIME_METRICS } from '../contracts/index.ts';
import { EventPlatform } from '../core/event-platform.ts';
import { assignLayer, Layer } from '../core/layers.ts';
import { commonLabels } from '../core/names.ts';
import {
  PrometheusRule,
  PrometheusRuleSpecGroupsRulesExpr,
} from '../imports/monitoring.coreos.com.ts';

/** Properties of {@link ProducerAlerts}. */
export interface ProducerAlertsProps {
  /** App id of the producer. */
  readonly appId: string;
}

/** Seconds for which an event may wait in the outbox. */
const MAX_AGE = 60;

/** An alert on a producer whose events are accepted and do not reach the broker. */
export class ProducerAlerts extends Construct {
  /** The generated object. */
  public readonly rule: PrometheusRule;

  public constructor(scope: Construct, id: string, { appId }: ProducerAlertsProps) {
    super(scope, id);
    assignLayer(this, Layer.SCALING_AND_ALERTS);
    const job = `${EventPlatform.of(this).environment.namespace}/${appId}`;
    this.rule = new PrometheusRule(this, 'rule', {
      metadata: { name: `${appId}-alerts`, labels: commonLabels(appId, 'monitoring') },
      spec: {
        groups: [
          {
            name: appId,
            rules: [
              {
                alert: 'OutboxStuck',
                expr: PrometheusRuleSpecGroupsRulesExpr.fromString(
                  `max(${RUNTIME_METRICS.outboxAge}{job="${job}"}) > ${MAX_AGE}`,
                ),
                for: '1m',
                labels: { producer: appId, severity: 'critical' },
                annotations: {
                  summary: `an event of ${appId} has waited for {{ $value }} s to be published`,
                  description: `Events are accepted and kept in the outbox, and do not reach the broker. Look at the sidecar and the broker, at the log of ${appId} for an event that the broker refuses, and for a transaction in the database that has been open for long.`,
                },
              },
            ],
          },
        ],
      },
    });
  }
}
