import type { Duration } from 'cdk8s';
import { Duration as CdkDuration } from 'cdk8s';
import { Construct } from 'constructs';
import type { IMessageBroker } from '../broker/message-broker.ts';
import { RUNTIME_METRICS } from '../contracts/index.ts';
import { EventPlatform } from '../core/event-platform.ts';
import { assignLayer, Layer } from '../core/layers.ts';
import { commonLabels } from '../core/names.ts';
import { wholeSeconds } from '../core/quantities.ts';
import {
  PrometheusRule,
  PrometheusRuleSpecGroupsRulesExpr,
} from '../imports/monitoring.coreos.com.ts';
import type { Topic } from '../dapr/topic.ts';
import { deadLetterTopic } from '../contracts/index.ts';

/** Thresholds of a consumer's alerts. */
export interface ConsumerAlertOptions {
  /** Waiting messages of one topic. @default 1000 */
  readonly maxLag?: number;
  /** How long a threshold has to be passed before somebody is told. @default 5 minutes */
  readonly lasting?: Duration;
  /** Time within which 95 of 100 deliveries are to be done. @default 10 seconds */
  readonly maxProcessingTime?: Duration;
}

/** Properties of {@link ConsumerAlerts}. */
export interface ConsumerAlertsProps extends ConsumerAlertOptions {
  /** App id of the consumer, and its consumer group. */
  readonly appId: string;
  /** The broker that knows lag and dead letters. */
  readonly broker: IMessageBroker;
  /** The topics that the consumer receives. */
  readonly topics: readonly Topic[];
}

function prometheusDuration(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

/**
 * Alerts on one consumer: too much waiting, too slow, and events in its dead-letter topics.
 *
 * @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
 */
export class ConsumerAlerts extends Construct {
  /** The generated object. */
  public readonly rule: PrometheusRule;

  public constructor(scope: Construct, id: string, props: ConsumerAlertsProps) {
    super(scope, id);
    assignLayer(this, Layer.SCALING_AND_ALERTS);
    const { appId, broker, topics } = props;
    const maxLag = props.maxLag ?? 1000;
    const lasting = prometheusDuration(
      wholeSeconds(this, 'lasting', props.lasting ?? CdkDuration.minutes(5)),
    );
    const maxSeconds = (props.maxProcessingTime ?? CdkDuration.seconds(10)).toMilliseconds() / 1000;
    const job = `${EventPlatform.of(this).environment.namespace}/${appId}`;
    const buckets = `${RUNTIME_METRICS.eventProcessing}_bucket{job="${job}"}`;
    const expr = (query: string) => PrometheusRuleSpecGroupsRulesExpr.fromString(query);

    const name = `${appId}-alerts`;
    this.rule = new PrometheusRule(this, 'rule', {
      metadata: { name, labels: commonLabels(appId, 'monitoring') },
      spec: {
        groups: [
          {
            name: appId,
            rules: [
              ...topics.flatMap((topic) => {
                const labels = { consumer: appId, topic: topic.name };
                const deadLetters = deadLetterTopic(topic.name, appId);
                return [
                  {
                    alert: 'ConsumerLagHigh',
                    expr: expr(
                      `${broker.lagQuery({ topic: topic.name, consumerGroup: appId })} > ${maxLag}`,
                    ),
                    for: lasting,
                    labels: { ...labels, severity: 'warning' },
                    annotations: {
                      summary: `{{ $value }} events of ${topic.name} wait for ${appId}`,
                      description: `More than ${maxLag} events have been waiting for ${lasting}. Look at the pods of ${appId}, at its errors, and whether its scaler has reached the ${topic.partitions} partitions of the topic.`,
                    },
                  },
                  {
                    alert: 'DeadLettersGrowing',
                    expr: expr(`${broker.growthQuery(deadLetters, '10m')} > 0`),
                    labels: { ...labels, severity: 'critical' },
                    annotations: {
                      summary: `{{ $value }} events went to ${deadLetters} within 10 minutes`,
                      description: `The sidecar could not deliver events of ${topic.name} to ${appId}. Its pods were not there, or were killed in the act: look at their restarts. The events are in the quarantine or still in ${deadLetters}; replay them when the pods are well.`,
                    },
                  },
                ];
              }),
              {
                alert: 'EventProcessingSlow',
                expr: expr(
                  `histogram_quantile(0.95, sum by (le, type) (rate(${buckets}[5m]))) > ${maxSeconds}`,
                ),
                for: lasting,
                labels: { consumer: appId, severity: 'warning' },
                annotations: {
                  summary: `${appId} takes {{ $value }} s for {{ $labels.type }} (95th percentile)`,
                  description: `Five of 100 deliveries have taken longer than ${maxSeconds} s for ${lasting}. Look at the database's locks and load, and at what the handler waits for.`,
                },
              },
              {
                alert: 'EventsQuarantined',
                expr: expr(
                  `sum(max by (reason) (${RUNTIME_METRICS.quarantineEvents}{job="${job}"})) > 0`,
                ),
                labels: { consumer: appId, severity: 'critical' },
                annotations: {
                  summary: `{{ $value }} events of ${appId} are in the quarantine`,
                  description: `${appId} could not process them; later events of their keys wait behind them. List them by cause with \`npm run dead-letters -- list --consumer ${appId}\`, mend the cause, and replay or discard them.`,
                },
              },
              {
                alert: 'EffectsFailed',
                expr: expr(`max(${RUNTIME_METRICS.effectsOpen}{job="${job}",status="failed"}) > 0`),
                labels: { consumer: appId, severity: 'warning' },
                annotations: {
                  summary: `{{ $value }} effects of ${appId} outside the database were given up`,
                  description: `They failed for about a day. The table effects has the last error of each; set their status back to pending to have them tried again.`,
                },
              },
            ],
          },
        ],
      },
    });
  }
}
