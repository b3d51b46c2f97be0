import type { Shape } from '@cdk8s-event-platform/contracts/internal';
import type { Construct } from 'constructs';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import type { ProjectionAlerts } from '../observability/projection-alerts.ts';
import { databaseCheck } from './app-checks.ts';
import { EventApp } from './event-app.ts';
import { EVENT_APP_PROPS, type EventAppProps } from './event-app-props.ts';

/** Properties of {@link Projection}; its manifest's `projections` names at least one. */
export interface ProjectionProps extends EventAppProps {
  /** Where the events and the tables that are derived from them are. */
  readonly database: PostgresDatabase;
}

const SHAPE: Shape<ProjectionProps> = {
  ...EVENT_APP_PROPS,
  database: databaseCheck(', which has the events and the tables that are derived from them'),
};

/**
 * An app that derives tables from stored events, and answers from them: the read side. Its pods are ready once their version of
 * the tables has caught up, so that a rollout switches from the old version to the new one without a gap.
 *
 * @example
 * new Projection(platform, 'order-view', { manifest: orderView, pubSub, database });
 */
export class Projection extends EventApp {
  declare public readonly database: PostgresDatabase;
  declare public readonly projectionAlerts: ProjectionAlerts;

  public constructor(scope: Construct, id: string, props: ProjectionProps) {
    super(scope, id, props, {
      component: 'projection',
      checkProps: (problems) => problems.props(props, SHAPE),
      problems: ({ manifest }) => [
        (manifest.projections ?? []).length === 0 &&
          `app manifest '${manifest.appId}' has no projections: list them under 'projections', or use EventService`,
      ],
    });
  }
}
