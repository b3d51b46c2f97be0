import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { EventPlatform } from '../platform/event-platform.ts';
import { AlertRules, AlertSeverity, COUNT } from './alert-rules.ts';
import { DashboardName } from './dashboard-link.ts';

/** Properties of {@link ProducerAlerts}. */
export interface ProducerAlertsProps {
  /** App id of the producer. */
  readonly appId: string;
  /** Whether it has an outbox. */
  readonly outbox: boolean;
  /** Name of the rules, without `-alerts`. @default - the app id */
  readonly name?: string;
}

/** Seconds for which an event may wait in the outbox. */
export const MAX_OUTBOX_AGE = 60;

/** Alerts on a producer whose events do not reach the broker. */
export class ProducerAlerts extends AlertRules {
  public constructor(
    scope: Construct,
    id: string,
    { appId, outbox, name = appId }: ProducerAlertsProps,
  ) {
    const job = `job="${EventPlatform.of(scope).environment.namespace}/${appId}"`;
    const labels = { producer: appId };
    const failed = (metric: string) =>
      `sum by (topic) (increase(${metric}{${job},success="false"}[5m]))`;
    super(scope, id, {
      name,
      alerts: [
        ...(outbox
          ? [
              {
                name: 'OutboxStuck',
                query: `max(${RUNTIME_METRICS.outboxAge}{${job}}) > ${MAX_OUTBOX_AGE}`,
                for: Duration.minutes(1),
                severity: AlertSeverity.CRITICAL,
                labels,
                summary: `an event of ${appId} has waited for {{ $value | humanizeDuration }} to be published`,
                description: `Events are accepted and kept in the outbox, and do not reach the broker. Look at the sidecar and the broker, at the log of ${appId} for an event that the broker refuses, and for a transaction in the database that has been open for long.`,
                dashboard: { dashboard: DashboardName.DAPR, variables: { app: appId } },
              },
              {
                name: 'OutboxEventsSetAside',
                query: `max(${RUNTIME_METRICS.outboxSetAside}{${job}}) > 0`,
                for: Duration.minutes(1),
                severity: AlertSeverity.CRITICAL,
                labels,
                summary: `${COUNT} events in the outbox of ${appId} cannot be published`,
                description: `The rows are in the table outbox, with the reason in set_aside_because. They are not events that a consumer could read, or are larger than their topic takes. Everything else is published.`,
                dashboard: { dashboard: DashboardName.DAPR, variables: { app: appId } },
              },
            ]
          : []),
        {
          name: 'PublishErrors',
          // The second counts requests of many events, which the outbox is published by.
          query: `(${failed('dapr_component_pubsub_egress_count')} > 0) or (${failed('dapr_component_pubsub_egress_bulk_count')} > 0)`,
          for: Duration.minutes(5),
          severity: AlertSeverity.WARNING,
          labels,
          summary: `${COUNT} requests of ${appId} to publish to {{ $labels.topic }} failed within 5 minutes`,
          description: `The broker does not take what ${appId} publishes. What is in an outbox is tried again until it does. Look at the log of its sidecar for the broker's answer: an account without rights, a message that is too large, or a broker that is down.`,
          dashboard: { dashboard: DashboardName.DAPR, variables: { app: appId } },
        },
      ],
    });
  }
}
