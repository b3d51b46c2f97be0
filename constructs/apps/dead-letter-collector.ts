import type { IConstruct } from 'constructs';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import type { IEventApp } from '../messaging/event-app.ts';
import type { Topic } from '../messaging/topic.ts';

/** An app that collects the events which could not be delivered, such as a `DeadLetterProcessor`. */
export interface IDeadLetterCollector extends IConstruct {
  /** The pub/sub component whose dead letters it collects. */
  readonly pubSub: DaprPubSub;
  /**
   * Collects the dead letters of an app and topic.
   *
   * @throws DeclarationError when the app has another database.
   */
  collect(app: IEventApp, topic: Topic, database: PostgresDatabase): void;
}
