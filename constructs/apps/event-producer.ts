import type { DaprResiliency } from '../dapr/dapr-resiliency.ts';
import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { optional, type Shape } from '@cdk8s-event-platform/contracts/internal';
import { type AppManifest } from '@cdk8s-event-platform/contracts';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import type { ProducerAlerts } from '../observability/producer-alerts.ts';
import { databaseCheck, manifestCheck, podsCheck, pubSubCheck, typesOf } from './app-checks.ts';
import { jobOptionsCheck, type JobOptions } from './app-jobs.ts';
import { APP_OPTIONS, type AppOptions } from './app-options.ts';
import { EventApp } from './event-app.ts';

/** Properties of {@link EventProducer}. */
export interface EventProducerProps extends AppOptions {
  /** What the image publishes and serves; `publishes` names at least one event. */
  readonly manifest: AppManifest;
  /** The pub/sub component that it publishes to. */
  readonly pubSub: DaprPubSub;
  /** Where the producer's tables and its outbox are. @default - none: it publishes by itself */
  readonly database?: PostgresDatabase;
  /** Pods, unless a {@link CpuScaler} says how many. @default 1 */
  readonly replicas?: number;
  /** What this environment says of the jobs of the manifest, by name. @default - all run, as the manifest says */
  readonly jobs?: JobOptions;
}

const SHAPE: Shape<EventProducerProps> = {
  ...APP_OPTIONS,
  manifest: manifestCheck,
  pubSub: pubSubCheck,
  database: optional(databaseCheck()),
  jobs: jobOptionsCheck,
  replicas: optional(podsCheck()),
};

/**
 * An app that takes requests over HTTP and publishes events: Deployment with sidecar, Service, and
 * the rights to its topics.
 */
export class EventProducer extends EventApp {
  declare public readonly service: k8s.KubeService;

  public constructor(scope: Construct, id: string, props: EventProducerProps) {
    super(scope, id, props, {
      component: 'producer',
      checkProps: (problems) => problems.props(props, SHAPE),
      serves: true,
      problems: ({ manifest }) => [
        (manifest.publishes ?? []).length === 0 &&
          `app manifest '${manifest.appId}' publishes nothing: list its events under 'publishes', or use IdempotentConsumer`,
        (manifest.subscribes ?? []).length > 0 &&
          `app manifest '${manifest.appId}' subscribes to ${typesOf(manifest.subscribes)}, and an EventProducer receives nothing: use EventService, which takes requests and receives events, or IdempotentConsumer`,
      ],
    });
  }

  /** How the sidecar retries. */
  public override get resiliency(): DaprResiliency {
    return super.resiliency!;
  }

  /** Alerts on events that do not reach the broker. */
  public get alerts(): ProducerAlerts {
    return this.publishingAlerts!;
  }
}
