import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { coded, type Problem } from '@cdk8s-event-platform/contracts/internal';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import { ProjectionAlerts } from '../observability/projection-alerts.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import type { Register } from '../platform/registers.ts';

/** How long a rollout waits for a new version of a projection to be built. */
export const DEFAULT_REBUILD_TIMEOUT = Duration.hours(1);

/** Apps with projections, by database and projection: their tables have the same names. */
const PROJECTIONS: Register<Construct> = { name: 'projections' };

/** Whether an app has projections. */
export function hasProjections({ projections = [] }: AppManifest): boolean {
  return projections.length > 0;
}

/** What is wrong with the projections of an app, in a database. */
export function projectionProblems(
  app: Construct,
  { appId, projections = [] }: AppManifest,
  database: PostgresDatabase | undefined,
): Problem[] {
  const { registers } = EventPlatform.of(app);
  return projections.flatMap(({ name }) => {
    const other = database && registers.find(PROJECTIONS, `${database.node.path} ${name}`);
    return coded(
      'EP5003',
      other !== undefined &&
        other !== app &&
        `the projection '${name}' of app '${appId}' is one of '${other.node.path}', too, in the same database: give one another name`,
    );
  });
}

/** Adds alerts on the projections of an app; undefined where it has none. */
export function addProjections(
  app: Construct,
  { appId, projections = [] }: AppManifest,
  database: PostgresDatabase | undefined,
): ProjectionAlerts | undefined {
  if (projections.length === 0 || database === undefined) {
    return undefined;
  }
  const { registers } = EventPlatform.of(app);
  projections.forEach(({ name }) =>
    registers.enter(PROJECTIONS, app, `${database.node.path} ${name}`),
  );
  return new ProjectionAlerts(app, 'projection-alerts', { appId });
}
