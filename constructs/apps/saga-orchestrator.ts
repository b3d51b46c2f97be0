import type { Construct } from 'constructs';
import type { Shape } from '@cdk8s-event-platform/contracts/internal';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import type { SagaAlerts } from '../observability/saga-alerts.ts';
import { databaseCheck } from './app-checks.ts';
import { EventApp } from './event-app.ts';
import { EVENT_APP_PROPS, type EventAppProps } from './event-app-props.ts';
import type { EventReceiver } from './event-receiver.ts';

/** Properties of {@link SagaOrchestrator}; its manifest's `sagas` names at least one saga. */
export interface SagaOrchestratorProps extends EventAppProps {
  /** Where the sagas are, with inbox and outbox. */
  readonly database: PostgresDatabase;
}

const SHAPE: Shape<SagaOrchestratorProps> = {
  ...EVENT_APP_PROPS,
  database: databaseCheck(', which keeps the sagas'),
};

/**
 * An app that runs sagas: it sends the commands of their steps, receives the answers, and undoes what was done when a
 * step fails. Commands, topics, rights and subscriptions follow from the sagas of its manifest. One pod at least is
 * always there, so that timeouts are not later than they have to be; with `scaling: { minReplicas: 0 }` the database
 * wakes a pod when one is due.
 *
 * @example
 * new SagaOrchestrator(platform, 'orders', { manifest: orders, pubSub, database, deadLetters });
 *
 * @see https://www.enterpriseintegrationpatterns.com/patterns/messaging/ProcessManager.html
 */
export class SagaOrchestrator extends EventApp {
  declare public readonly database: PostgresDatabase;
  declare public readonly receiver: EventReceiver;
  declare public readonly sagaAlerts: SagaAlerts;

  public constructor(scope: Construct, id: string, props: SagaOrchestratorProps) {
    const { scaling } = props;
    super(
      scope,
      id,
      { ...props, ...(scaling !== false && { scaling: { minReplicas: 1, ...scaling } }) },
      {
        component: 'saga-orchestrator',
        checkProps: (problems) => problems.props(props, SHAPE),
        problems: ({ manifest }) => [
          (manifest.sagas ?? []).length === 0 &&
            `app manifest '${manifest.appId}' has no sagas: list them under 'sagas', or use IdempotentConsumer or EventService`,
        ],
      },
    );
  }
}
