import { App } from 'cdk8s';
import { defineEvent, defineApp, type AppManifest } from '@cdk8s-event-platform/contracts';
import {
  DaprPubSub,
  Environment,
  type EnvironmentOptions,
  EventPlatform,
  type EventPlatformProps,
  EventProducer,
  IdempotentConsumer,
  type IdempotentConsumerProps,
  type IMessageBroker,
  KafkaCluster,
  type KafkaClusterProps,
  PostgresDatabase,
} from '../index.ts';
import { type AnyManifest, Manifests } from './manifests.ts';

export type { AnyManifest };

/** A contract that tests declare. */
export const OrderPlaced = defineEvent({
  type: 'com.example.order.placed',
  version: '1.0.0',
  topic: 'order-placed',
  key: 'customer_id',
  description: 'A customer has placed an order.',
  schema: {
    type: 'object',
    required: ['order_id', 'customer_id'],
    properties: { order_id: { type: 'string' }, customer_id: { type: 'string', maxLength: 64 } },
  },
});

/** An image that publishes {@link OrderPlaced}. */
export const shop = defineApp({
  appId: 'shop',
  description: 'Takes orders.',
  port: 8080,
  publishes: [OrderPlaced],
});

/** An image that handles {@link OrderPlaced}. */
export const orderProcessor = defineApp({
  appId: 'order-processor',
  description: 'Processes orders.',
  port: 8080,
  subscribes: [OrderPlaced],
  migrations: [{ name: '0100-orders', sql: 'CREATE TABLE orders (id bigint);' }],
});

/** Where images are, which production has to be told. */
export const IMAGES = { registry: 'registry.example.com/shop', tag: '1.2.3' };

/** Production, with images that are somewhere. */
export function inProduction(options: EnvironmentOptions = {}): Environment {
  return Environment.production({
    images: IMAGES,
    postgres: { host: 'postgres.example.com' },
    ...options,
  });
}

/** A platform with broker, database and the sidecars' configuration; the pub/sub comes with its first use. */
export class TestPlatform<Broker extends IMessageBroker = KafkaCluster> {
  public readonly platform: EventPlatform;
  public readonly broker: Broker;
  public readonly database: PostgresDatabase;
  #pubSub: DaprPubSub | undefined;

  /** @param broker makes the broker, or the properties of a KafkaCluster. */
  public constructor(
    environment = Environment.local(),
    broker: ((platform: EventPlatform) => Broker) | KafkaClusterProps = {},
    props: Omit<EventPlatformProps, 'environment'> = {},
  ) {
    this.platform = new EventPlatform(new App(), 'test', { environment, ...props });
    this.broker =
      typeof broker === 'function'
        ? broker(this.platform)
        : (new KafkaCluster(this.platform, 'kafka', broker) as IMessageBroker as Broker);
    this.database = new PostgresDatabase(this.platform, 'postgres');
  }

  /** The pub/sub component. One that nobody uses would be refused. */
  public get pubSub(): DaprPubSub {
    return (this.#pubSub ??= new DaprPubSub(this.platform, 'pubsub', { broker: this.broker }));
  }

  public producer(manifest: AppManifest = shop): EventProducer {
    const { platform, pubSub } = this;
    return new EventProducer(platform, manifest.appId, { manifest, pubSub });
  }

  public consumer(
    props: Partial<IdempotentConsumerProps> = {},
    manifest: AppManifest = orderProcessor,
  ): IdempotentConsumer {
    const { platform, pubSub, database } = this;
    return new IdempotentConsumer(platform, manifest.appId, {
      manifest,
      pubSub,
      database,
      ...props,
    });
  }

  /** Everything that the platform renders. */
  public objects(): readonly AnyManifest[] {
    return Manifests.render(this.platform).objects;
  }

  /** Every rendered alert of a name, or of any. */
  public alerts(name?: string): RenderedAlert[] {
    return this.objects()
      .filter(({ kind }) => kind === 'PrometheusRule')
      .flatMap(({ spec }) => (spec as { groups: { rules: Partial<RenderedAlert>[] }[] }).groups)
      .flatMap(({ rules }) => rules as RenderedAlert[])
      .filter((rule) => (name === undefined ? 'alert' in rule : rule.alert === name));
  }

  /** The first rendered alert of a name. */
  public alert(name: string): RenderedAlert {
    const [alert] = this.alerts(name);
    if (alert === undefined) {
      throw new Error(`no alert ${name} is rendered`);
    }
    return alert;
  }

  /** The one rendered object of a kind with this name, or with this name and a hash. */
  public object(kind: string, name: string): AnyManifest {
    return Manifests.render(this.platform).only(kind, name);
  }

  /** The script that a Job provisions the broker with. */
  public script(job: string): string {
    return this.objects()
      .filter(({ kind }) => kind === 'ConfigMap')
      .filter(({ metadata }) => metadata.name.replace(/-\d+$/, '') === job)
      .flatMap(({ data }) => Object.values(data as Readonly<Record<string, string>>))
      .join('');
  }
}

/** An alert as it is rendered. */
export interface RenderedAlert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
