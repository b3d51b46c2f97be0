import { authorityKey } from '../kafka-protocol/login-parts.ts';
import { Duration, type Size } from 'cdk8s';
import { Construct } from 'constructs';
import { DeclarationError } from '../../core/errors.ts';
import { EventPlatform } from '../../platform/event-platform.ts';
import { assignLayer, Layer } from '../../platform/layers.ts';
import { commonLabels, requireDnsLabel } from '../../core/names.ts';
import { reportAll } from '../../core/problems.ts';
import { setting } from '../../messaging/component-metadata.ts';
import type { IEventApp } from '../../messaging/event-app.ts';
import { TriggerAuthentication } from '../../imports/keda.sh.ts';
import { addMetricSource, MetricSource } from '../../observability/metric-source.ts';
import type { NetworkPeer } from '../../security/network-policies.ts';
import { type SecretReference, SecretValue } from '../../security/secret-reference.ts';
import type { ServiceAccountOptions } from '../../security/service-account.ts';
import { defaultCompression } from '../kafka-protocol/kafka-component.ts';
import type {
  Compression,
  SubscriptionNeeds,
  TopicDefaults,
  TopicSpec,
  TopicSubscription,
} from '../../messaging/message-broker.ts';
import { DEFAULT_IMAGES } from '../../core/versions.ts';
import {
  EXTERNAL_KAFKA,
  type ExternalKafkaOptions,
  externalKafkaProblems,
} from './external-options.ts';
import { ExternalAccounts } from './external-accounts.ts';
import { ExternalGrants, type KafkaGrant } from './external-grants.ts';
import { AWS_IDENTITY, daprLogin, kedaAuthentication, kedaLogin } from './external-clients.ts';
import type { KafkaLogin } from '../kafka-protocol/kafka-login.ts';
import {
  ExternalExporter,
  type ExporterIdentity,
  exporterServiceAccount,
  ExternalTopics,
} from './external-workloads.ts';
import type { Toolbox, ToolboxClient } from '../../messaging/toolbox.ts';
import type { StartPosition } from '../../messaging/topic-policies.ts';
import { startByHand } from '../kafka-protocol/start-script.ts';
import { KafkaAlerts } from '../kafka-protocol/kafka-alerts.ts';
import { topicProblems } from '../kafka-protocol/kafka-checks.ts';
import { KafkaBroker, type KafkaConnection } from '../kafka-protocol/kafka-broker.ts';
import { kafkaCopies } from '../kafka-protocol/kafka-options.ts';
import { brokerOptions } from '../parts/broker-options.ts';
import type { KafkaInspectorLogin } from '../kafka-protocol/kafka-inspection.ts';
import { coded, type Problem } from '@cdk8s-event-platform/contracts/internal';

/**
 * A Kafka that somebody else runs: a managed service, or a cluster that several platforms share.
 * Consumer groups start with the namespace. Topics do not, so platforms that share a cluster share its
 * topics, and each gets the events of all: one provisions a topic, the others import it
 * (`pubSub.importTopic`). Dapr could prefix them (`{namespace}` in a setting; in bulk
 * from 1.17.2 on), but then topics at the broker would have other names than those that are
 * provisioned, scaled by and watched.
 */
export class ExternalKafka extends KafkaBroker {
  public readonly kind = 'Apache Kafka, run elsewhere';
  public readonly topicDefaults: TopicDefaults;
  public readonly maxMessageSize: Size;
  public readonly peer: NetworkPeer;
  /** `host:port` that clients bootstrap from, with commas between. */
  public readonly bootstrapServers: string;
  /** Name of the exporter that runs in the namespace; undefined when somebody else runs one. */
  public readonly exporterName: string | undefined;
  /** The ServiceAccount that the exporter runs as; undefined where it needs none. */
  public readonly exporterIdentity: ExporterIdentity | undefined;
  readonly #brokers: number;
  readonly #provisioned: boolean;
  readonly #offsetsRetention: Duration | undefined;
  readonly #login: KafkaLogin;
  readonly #accounts: ExternalAccounts;
  readonly #groupPrefix: string;
  protected readonly exporterJob: string;
  protected override readonly toolsImage: string;
  readonly #triggerAuthentication: string | undefined;
  readonly #compression: Compression | 'none';
  readonly #grants = new ExternalGrants();
  #scalerAuthentication: TriggerAuthentication | undefined;

  public constructor(scope: Construct, id: string, options: ExternalKafkaOptions) {
    super(scope, id, options, EXTERNAL_KAFKA);
    const { environment } = EventPlatform.of(this);
    const { login } = options.authentication;
    this.#login = login;
    const name = requireDnsLabel(this, 'name', options.name ?? 'kafka', 40);
    const servers =
      options.bootstrapServers ?? (login.address === undefined ? [] : [login.address]);
    this.#groupPrefix = options.groupPrefix ?? environment.namespace;
    const { partitions, retention, maxMessageSize } = brokerOptions(options);
    this.maxMessageSize = maxMessageSize;
    this.#compression =
      options.compression ?? (login.compressions ? 'none' : defaultCompression(environment));
    const copies = kafkaCopies(login.copies ?? environment.broker, options);
    const sizing = { replicas: options.brokers ?? 3, ...copies };
    const { production } = environment;
    reportAll(
      this,
      coded(
        'EP3001',
        ...externalKafkaProblems(options, servers, {
          groupPrefix: this.#groupPrefix,
          maxMessageSize,
          sizing,
          production,
        }),
      ),
    );

    this.topicDefaults = { partitions, retention, ...copies };
    this.#brokers = sizing.replicas;
    this.toolsImage = options.image ?? DEFAULT_IMAGES.kafka;
    this.#offsetsRetention = options.offsetsRetention;
    this.bootstrapServers = servers.join(',');
    this.peer = options.peer ?? {
      ports: [...new Set(servers.map((server) => Number(server.split(':')[1])))],
    };
    this.#accounts = new ExternalAccounts(this, login, `kafka://${this.bootstrapServers}`);
    this.#declareAuthority();
    this.#triggerAuthentication = this.#authenticateKeda(`${name}-keda`);

    const shared = { login, peer: this.peer, bootstrapServers: servers };
    if (options.topics === 'provisioned') {
      new ExternalTopics(this, 'topics', {
        ...shared,
        name: `${name}-topics`,
        account: this.#account(`${name}-topics`),
        image: options.image ?? DEFAULT_IMAGES.kafka,
        topics: () => this.topics,
        starts: () => this.starts,
      });
    }
    this.#provisioned = options.topics === 'provisioned';
    this.exporterJob = options.exporterJob ?? `${environment.namespace}/${name}-exporter`;
    if (options.exporterJob === undefined) {
      this.exporterName = `${name}-exporter`;
      this.exporterIdentity = this.#addExporter({
        ...shared,
        name: this.exporterName,
        serviceAccount: options.exporterServiceAccount,
      });
    } else {
      addMetricSource(this, MetricSource.KAFKA_EXPORTER);
    }
    new KafkaAlerts(this, 'alerts', { name, exporterJob: this.exporterJob });
  }

  /** The generated TriggerAuthentication of KEDA; undefined where it needs none. */
  public get scalerAuthentication(): TriggerAuthentication | undefined {
    return this.#scalerAuthentication;
  }

  public override consumerGroupOf(appId: string): string {
    return `${this.#groupPrefix}.${appId}`;
  }

  /** What each client does, by its name: the minimum rights that the operator of the cluster must grant. */
  public get grants(): readonly KafkaGrant[] {
    return this.#grants.all((client) => this.consumerGroupOf(client));
  }

  /** The topics that others provision, by name. */
  public get importedTopics(): readonly TopicSpec[] {
    return this.declaredTopics.imported;
  }

  public importTopic(spec: TopicSpec): void {
    this.declaredTopics.import(spec);
  }

  public grantPublish(topic: string, app: IEventApp): void {
    this.#admit(app);
    this.#grants.of(app).publishes.add(topic);
  }

  public grantSubscribe(topic: string, app: IEventApp, needs: SubscriptionNeeds): void {
    this.noteStart(topic, app, needs);
    this.#admit(app);
    this.#grants.of(app).receives.add(topic);
  }

  /** Azure has no retention for good. */
  public retentionProblem(retention: 'unlimited' | 'compacted'): string | undefined {
    return this.#login.keepsForGood === false && retention === 'unlimited'
      ? `${this.#login.service} keeps events for a time only: use a Duration that your tier has, or 'compacted'`
      : undefined;
  }

  /** Only the Job that provisions topics can set offsets. */
  public startProblem(
    { topic, consumerGroup }: TopicSubscription,
    start: StartPosition,
  ): string | undefined {
    const group = this.consumerGroupOf(consumerGroup);
    const reason = `topics of Kafka '${this.node.path}' are 'existing', and only the Job for 'provisioned' topics sets offsets`;
    return this.#provisioned
      ? undefined
      : startByHand(reason, this.bootstrapServers, { group, topic, start });
  }

  /** The rights of the account are its owner's to give. */
  public grantInspect(workload: string): KafkaInspectorLogin {
    const { iam, tls, sasl, certificateAuthority, service, sharedSecret } = this.#login;
    if (iam !== undefined) {
      throw new DeclarationError(
        this,
        ...coded(
          'EP1003',
          `'${service}' admits AWS identities, which a program that looks at topics is not set up for: use ExternalKafkaAuthentication.mskScram(), or the console of AWS`,
        ),
      );
    }
    return {
      tls,
      sasl,
      account: this.#account(workload),
      authority: certificateAuthority,
      leak:
        sasl === undefined
          ? `'${service}' accepts anonymous clients`
          : sharedSecret === undefined
            ? undefined
            : `all clients of '${service}' share one account`,
    };
  }

  public override toolbox(client: ToolboxClient): Toolbox | string {
    return this.#login.iam === undefined
      ? super.toolbox(client)
      : "Apache Kafka's tools cannot log in with IAM: use ExternalKafkaAuthentication.mskScram(), or the tools of AWS";
  }

  protected topologyProblems(): readonly Problem[] {
    return [
      ...coded(
        'EP3002',
        ...topicProblems(this.declaredTopics.all, {
          brokers: this.#brokers,
          offsetsRetention: this.#offsetsRetention ?? Duration.days(36_500),
          maxMessageSize: this.maxMessageSize,
        }),
      ),
      ...coded('EP3001', ...(this.#login.problems?.(this.#accounts.clients) ?? [])),
    ];
  }

  protected connection(): KafkaConnection {
    const { version, metadataRefresh } = this.#login;
    return {
      component: daprLogin(this.#login),
      compression: this.#compression,
      version,
      settings:
        metadataRefresh === undefined
          ? []
          : [setting('clientConnectionTopicMetadataRefreshInterval', metadataRefresh)],
      scaler: kedaLogin(this.#login),
      scalerAuthentication:
        this.#triggerAuthentication === undefined
          ? undefined
          : { name: this.#triggerAuthentication },
    };
  }

  #account(client: string): SecretReference | undefined {
    return this.#login.sasl === undefined ? undefined : this.#accounts.of(client);
  }

  #admit(app: IEventApp): void {
    if (this.#login.sasl !== undefined) {
      this.#accounts.ofApp(app);
    }
    if (this.#login.iam !== undefined) {
      AWS_IDENTITY.forEach((peer) => app.allowEgress(peer));
    }
  }

  #declareAuthority(): void {
    const { certificateAuthority, service } = this.#login;
    if (certificateAuthority !== undefined) {
      EventPlatform.of(this).addSecret({
        name: certificateAuthority.secret,
        keys: {
          [authorityKey(certificateAuthority)]: SecretValue.external(
            `certificate of the authority that signs those of ${service}, as PEM`,
          ),
        },
      });
    }
  }

  #authenticateKeda(name: string): string | undefined {
    const spec = kedaAuthentication(this.#login, this.#account('keda'));
    if (spec === undefined) {
      return undefined;
    }
    const scaling = new Construct(this, 'keda');
    assignLayer(scaling, Layer.SCALING_AND_ALERTS);
    this.#scalerAuthentication = new TriggerAuthentication(scaling, 'authentication', {
      metadata: { name, labels: commonLabels(name, 'scaler') },
      spec,
    });
    return name;
  }

  #addExporter(props: {
    readonly name: string;
    readonly login: KafkaLogin;
    readonly peer: NetworkPeer;
    readonly bootstrapServers: readonly string[];
    readonly serviceAccount: ServiceAccountOptions | undefined;
  }): ExporterIdentity | undefined {
    const { name } = props;
    const exporter = new ExternalExporter(this, 'exporter', {
      ...props,
      account: this.#account(name),
      groupPrefix: this.#groupPrefix,
      topics: () => this.declaredTopics.all,
    });
    return exporterServiceAccount(this, exporter, props);
  }
}
