import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { coded, type Problem } from '@cdk8s-event-platform/contracts/internal';
import { EventStore } from '../data/event-store.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';

/** Why the streams of an app have no place; empty where they have. Asked for when everything is declared. */
export function streamsProblems(
  { appId, streams = [] }: AppManifest,
  database: PostgresDatabase | undefined,
): Problem[] {
  const names = streams.map(({ name }) => `'${name}'`).join(', ');
  return coded(
    'EP2021',
    streams.length > 0 &&
      database === undefined &&
      `app manifest '${appId}' has streams (${names}), and there is no database to keep them in: give it one, as the property 'database'`,
    streams.length > 0 &&
      database !== undefined &&
      EventStore.in(database) === undefined &&
      `app manifest '${appId}' has streams (${names}), and its database '${database.node.path}' has no event store: add \`new EventStore(platform, 'store', { database })\``,
  );
}
