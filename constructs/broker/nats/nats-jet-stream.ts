import type { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { DeclarationError } from '../../core/errors.ts';
import { requireDnsLabel } from '../../core/names.ts';
import { reportAll } from '../../core/problems.ts';
import { DEFAULT_IMAGES } from '../../core/versions.ts';
import { setting, settingFromEnv } from '../../messaging/component-metadata.ts';
import type { IEventApp } from '../../messaging/event-app.ts';
import type {
  LagThresholds,
  LagTrigger,
  PubSubBinding,
  SubscriptionNeeds,
  TopicDefaults,
  TopicSubscription,
} from '../../messaging/message-broker.ts';
import type { Toolbox, ToolboxClient } from '../../messaging/toolbox.ts';
import type { StartPosition } from '../../messaging/topic-policies.ts';
import { EventPlatform } from '../../platform/event-platform.ts';
import { type NetworkPeer, workloads } from '../../security/network-policies.ts';
import { ACCOUNT_ENV, BrokerAccounts } from '../parts/broker-accounts.ts';
import { brokerOptions, serverOptions } from '../parts/broker-options.ts';
import { MessageBroker } from '../parts/message-broker.ts';
import { majority, natsSizingProblems, topicProblems } from './nats-checks.ts';
import { NatsExporter } from './nats-exporter.ts';
import { NATS_JET_STREAM, type NatsJetStreamProps } from './nats-jet-stream-props.ts';
import { NATS_ACCOUNT, NATS_PORTS, streamName } from './nats-names.ts';
import { NatsNetwork } from './nats-network.ts';
import { NatsServers } from './nats-servers.ts';
import { NatsUsers, provisioningUser, toolboxUser } from './nats-users.ts';
import { natsToolbox } from './nats-toolbox.ts';
import { serverConfig } from './server-config.ts';
import { ACK_WAIT, type DurableConsumer } from './stream-config.ts';
import { StreamProvisioning } from './stream-provisioning.ts';
import { coded, type Problem } from '@cdk8s-event-platform/contracts/internal';

/** Events that are on their way to one pod, so that it need not wait for the next. */
const IN_FLIGHT_OF_POD = 10;

/**
 * NATS with JetStream: StatefulSet, Services, disruption budget, exporter, and a Job that makes a
 * stream for each topic and a durable consumer for each app on it. Pods of an app share a consumer,
 * and events wait in the stream whether or not a pod listens.
 *
 * Each pod of an app processes one event of a topic after the other, and more pods process more. A
 * subscription that needs the order of its keys gets one event at a time, whichever pod takes it, so
 * order holds for any number of pods, and further pods are there only to take over. What a killed
 * pod had in hand is delivered again after 40 seconds; the rest of an ordered topic waits for it.
 *
 * Event ids should be unique within a topic: of two events of one id that come from two sources
 * within about 0.1 s, NATS confirms both and keeps one.
 *
 * A sidecar that has found no server for two minutes gives up for good, and its health does not say
 * so: its client tries 60 times, which Dapr (up to 1.18) has no setting for. After such an outage of all
 * servers, restart the pods of the apps, e.g. `kubectl rollout restart deployment`; alerts on lag
 * and on the outbox tell of it. Nothing is lost meanwhile.
 *
 * Connections are not encrypted.
 *
 * @see https://docs.nats.io/nats-concepts/jetstream
 */
export class NatsJetStream extends MessageBroker {
  public readonly kind = 'NATS JetStream';
  public readonly topicDefaults: TopicDefaults;
  public readonly maxMessageSize: Size;
  public readonly peer: NetworkPeer;
  /** Dapr (up to 1.18) hands an event to the app only when the one before it is done. */
  public readonly deliversInBulk = false;
  public readonly maxRetryTime = ACK_WAIT;
  /** `host:port` of the client Service, fully qualified. */
  public readonly address: string;
  /** The StatefulSet and what surrounds it. */
  public readonly servers: NatsServers;
  /** Events that all pods of an app may have in hand of one topic. */
  public readonly maxInFlight: number;
  readonly #replicas: number;
  readonly #accounts: BrokerAccounts | undefined;
  readonly #clients = new Set<string>();
  readonly #consumers = new Map<string, DurableConsumer>();
  readonly #monitoring: string;
  readonly #users = new NatsUsers();
  readonly #toolboxes = new Set<string>();
  readonly #toolsImage: string;

  public constructor(scope: Construct, id: string, props: NatsJetStreamProps = {}) {
    super(scope, id, props, NATS_JET_STREAM);
    const { environment } = EventPlatform.of(this);
    const name = requireDnsLabel(this, 'name', props.name ?? 'nats', 40);
    const headlessHost = this.hostOf(`${name}-headless`);
    const { replicas, ...server } = serverOptions(environment, props);
    const { maxMessageSize, partitions, retention } = brokerOptions(props);
    const replicationFactor = props.replicationFactor ?? environment.broker.replicationFactor;
    reportAll(
      this,
      coded('EP3001', ...natsSizingProblems({ replicas, replicationFactor }, maxMessageSize)),
    );

    this.#replicas = replicas;
    this.#toolsImage = props.toolsImage ?? DEFAULT_IMAGES.natsBox;
    this.maxMessageSize = maxMessageSize;
    this.topicDefaults = {
      partitions,
      replicationFactor,
      minInSyncReplicas: majority(replicationFactor),
      retention,
    };
    this.maxInFlight = this.#inFlight(props.maxInFlight);
    this.address = `${this.hostOf(name)}:${NATS_PORTS.client}`;
    this.#monitoring = `${this.hostOf(name)}:${NATS_PORTS.monitoring}`;
    this.peer = { peer: workloads(() => [name]), ports: [NATS_PORTS.client] };
    if (props.authentication ?? environment.production) {
      this.#accounts = new BrokerAccounts(this, `nats://\${username}:\${password}@${this.address}`);
    }
    const provisioning = `${name}-streams`;
    this.#clients.add(provisioning);
    const account = this.#accounts?.of(provisioning);

    this.servers = new NatsServers(this, 'servers', {
      ...server,
      name,
      replicas,
      headlessHost,
      image: props.image ?? DEFAULT_IMAGES.nats,
      accounts: () => this.#accounts?.all ?? [],
      config: () =>
        serverConfig({
          name,
          headlessHost,
          replicas,
          maxMessageSize,
          storage: server.storage,
          syncInterval: props.syncInterval,
          users: this.#accounts && [
            provisioningUser(provisioning),
            ...[...this.#toolboxes].sort().map(toolboxUser),
            ...this.#users.all,
          ],
        }),
    });
    new StreamProvisioning(this, 'streams', {
      name: provisioning,
      image: this.#toolsImage,
      peer: this.peer,
      account,
      url: `nats://${this.address}`,
      maxMessageSize,
      topics: () => this.topics,
      consumers: () => this.consumers,
    });
    const exporter = new NatsExporter(this, 'exporter', {
      name: `${name}-exporter`,
      peer: { peer: workloads(() => [name]), ports: [NATS_PORTS.monitoring] },
      servers: Object.fromEntries(
        Array.from({ length: replicas }, (_, index) => [
          `${name}-${index}`,
          `http://${name}-${index}.${headlessHost}:${NATS_PORTS.monitoring}`,
        ]),
      ),
    });
    new NatsNetwork(this, 'network', {
      name,
      exporter: exporter.name,
      clients: () => [...this.#clients],
    });
  }

  /** The durable consumers that are provisioned, by stream and app. */
  public get consumers(): readonly DurableConsumer[] {
    return [...this.#consumers].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
  }

  public grantPublish(topic: string, app: IEventApp): void {
    this.#admit(app);
    this.#users.allowPublish(topic, app.appId);
  }

  /** The app's consumer is made by the Job, so that it has a lag before a pod has ever listened. */
  public grantSubscribe(topic: string, app: IEventApp, needs: SubscriptionNeeds): void {
    this.#admit(app);
    this.#users.allowSubscribe(topic, app.appId);
    const maxInFlight = needs.ordered ? 1 : this.maxInFlight;
    this.#consumers.set(`${topic} ${app.appId}`, { topic, appId: app.appId, maxInFlight });
  }

  /** A stream keeps the newest of a subject, and a topic is one subject. */
  public retentionProblem(retention: 'unlimited' | 'compacted'): string | undefined {
    return retention === 'unlimited'
      ? undefined
      : "JetStream keeps the newest event of a subject, and the keys of a topic share one: use 'unlimited', a Duration, or a KafkaCluster";
  }

  /**
   * Dapr's client refuses a consumer whose deliver policy is not that of the component, which all apps share.
   *
   * @see https://github.com/dapr/components-contrib/blob/v1.18.4/pubsub/jetstream/jetstream.go
   */
  public startProblem(_subscription: TopicSubscription, start: StartPosition): string | undefined {
    return start === 'beginning'
      ? undefined
      : `Dapr's component of JetStream has one deliverPolicy for all apps, 'all', and its client refuses a consumer with another one: leave startFrom out, or use a KafkaCluster`;
  }

  /** A subscription that needs order has one event in flight, whatever the number of pods. */
  public keyOrderProblem(): undefined {
    return undefined;
  }

  public pubSubBinding(): PubSubBinding {
    return {
      type: 'pubsub.jetstream',
      version: 'v1',
      metadata: [
        this.#accounts === undefined
          ? setting('natsURL', `nats://${this.address}`)
          : settingFromEnv('natsURL', ACCOUNT_ENV.url),
        setting('name', '{appID}'),
        // A durable belongs to a stream, so one name serves all topics of an app.
        setting('durableName', '{appID}'),
        setting('queueGroupName', '{appID}'),
        setting('deliverPolicy', 'all'),
        // Neither ackWait nor maxAckPending: the consumer has them, and with an ackWait of its own the
        // sidecar would put off for so long whatever it gives back, such as when the app is not ready.
        setting('ackPolicy', 'explicit'),
        // With "parallel", Dapr (up to 1.18) acknowledges an event when it begins to deliver it: its client
        // does so by itself when the component's function returns, which starts a goroutine only.
        // What a pod had in hand when it is killed, or an app refused, would be lost.
        setting('concurrency', 'single'),
      ],
    };
  }

  /** The client's account reads all streams, and sets where consumers go on. */
  public toolbox({ account }: ToolboxClient): Toolbox {
    this.#toolboxes.add(account);
    return natsToolbox({
      image: this.#toolsImage,
      peer: this.peer,
      url: `nats://${this.address}`,
      account: this.#accounts?.of(account),
      topics: () => this.topics.map(({ name }) => name),
    });
  }

  public lagTrigger(subscription: TopicSubscription, thresholds: LagThresholds): LagTrigger {
    return {
      type: 'nats-jetstream',
      metadata: {
        natsServerMonitoringEndpoint: this.#monitoring,
        account: NATS_ACCOUNT,
        stream: streamName(subscription.topic),
        consumer: subscription.consumerGroup,
        lagThreshold: String(thresholds.lagThreshold),
        activationLagThreshold: String(thresholds.activationLagThreshold),
      },
    };
  }

  public lagQuery(subscription: TopicSubscription): string {
    const { consumerGroup, topic } = subscription;
    const labels = `${this.#labels(topic)},consumer_name="${consumerGroup}",is_consumer_leader="true"`;
    const metric = (name: string) => `max(nats_consumer_${name}{${labels}})`;
    return `(${metric('num_pending')} + ${metric('num_ack_pending')})`;
  }

  public growthQuery(topic: string, range: string): string {
    return `max(increase(nats_stream_last_seq{${this.#labels(topic)}}[${range}]))`;
  }

  protected topologyProblems(): readonly Problem[] {
    return coded('EP3002', ...topicProblems(this.topics, this.#replicas));
  }

  #admit(app: IEventApp): void {
    this.#clients.add(app.appId);
    this.#accounts?.ofApp(app);
  }

  #inFlight(given: number | undefined): number {
    if (given !== undefined && (!Number.isInteger(given) || given < 1)) {
      throw new DeclarationError(
        this,
        ...coded(
          'EP1001',
          `maxInFlight (${given}) is not a number of events: use 1 or more, e.g. ${IN_FLIGHT_OF_POD * this.topicDefaults.partitions}`,
        ),
      );
    }
    return given ?? IN_FLIGHT_OF_POD * this.topicDefaults.partitions;
  }

  #labels(topic: string): string {
    return `job="${this.namespace}/${this.servers.name}-exporter",stream_name="${streamName(topic)}"`;
  }
}
