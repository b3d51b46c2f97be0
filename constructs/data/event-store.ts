import { Construct } from 'constructs';
import {
  coded,
  having,
  optional,
  type Shape,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import { requireDnsLabel } from '../core/names.ts';
import { reportAll, requireProps } from '../core/problems.ts';
import { EventStoreAlerts } from '../observability/event-store-alerts.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import { assignLayer, Layer } from '../platform/layers.ts';
import type { Register } from '../platform/registers.ts';
import { otherPlatformProblem } from '../platform/same-platform.ts';
import type { PostgresDatabase } from './postgres-database.ts';

/** Event stores, by the path of their database. */
const EVENT_STORES: Register<EventStore> = { name: 'event-stores' };

/** Properties of {@link EventStore}. */
export interface EventStoreProps {
  /** Database that the events are in: that of the apps which append them. */
  readonly database: PostgresDatabase;
  /** Name of its alerts. @default 'event-store' */
  readonly name?: string;
}

const SHAPE: Shape<EventStoreProps> = {
  database: having('a PostgresDatabase', 'addApp', 'connectionEnv'),
  name: optional(text),
};

/**
 * An event store in a PostgreSQL database, one for each: apps that list `streams` in their manifest append events there,
 * and read them. Their roles may add rows of their own, and change or delete none. Comes with alerts.
 *
 * @example
 * const database = new PostgresDatabase(platform, 'database');
 * new EventStore(platform, 'store', { database });
 * new EventService(platform, 'bank', { manifest: bank, pubSub, database });
 */
export class EventStore extends Construct {
  /** The database that the events are in. */
  public readonly database: PostgresDatabase;
  /** Alerts on readers that are held back, and appends that conflict. */
  public readonly alerts: EventStoreAlerts;

  /** The event store in a database; undefined without one. */
  public static in(database: PostgresDatabase): EventStore | undefined {
    return EventPlatform.of(database).registers.find(EVENT_STORES, database.node.path);
  }

  public constructor(scope: Construct, id: string, props: EventStoreProps) {
    super(scope, id);
    assignLayer(this, Layer.BROKER_AND_STATE);
    requireProps(this, props, SHAPE);
    const { database } = props;
    const name = requireDnsLabel(this, 'name', props.name ?? 'event-store', 40);
    const other = otherPlatformProblem(this, 'database', database);
    const present = other === undefined ? EventStore.in(database) : undefined;
    reportAll(this, [
      ...coded('EP5002', other),
      ...coded(
        'EP5003',
        present !== undefined &&
          `database '${database.node.path}' has an event store, '${present.node.path}': apps share it, keep one`,
      ),
    ]);
    EventPlatform.of(this).registers.enter(EVENT_STORES, this, database.node.path);
    this.database = database;
    this.alerts = new EventStoreAlerts(this, 'alerts', { name });
  }
}
