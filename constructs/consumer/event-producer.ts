import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { optional, type Shape } from '@cdk8s-event-platform/contracts/internal';
import { type AppManifest } from '@cdk8s-event-platform/contracts';
import { RUNTIME_PATHS } from '@cdk8s-event-platform/contracts/interface';
import { EventPlatform } from '../core/event-platform.ts';
import { commonLabels, selectorLabels } from '../core/names.ts';
import { Problems } from '../core/problems.ts';
import { useContracts } from '../dapr/contract-registry.ts';
import type { IDaprApp } from '../dapr/dapr-app.ts';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import { DaprResiliency } from '../dapr/dapr-resiliency.ts';
import { assignLayer, Layer } from '../core/layers.ts';
import type { CertificateFile } from '../data/certificate-file.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import { ProducerAlerts } from '../observability/producer-alerts.ts';
import type { IScalable } from '../scaling/scalable.ts';
import type { NetworkPeer } from '../security/network-policies.ts';
import type { SecretReference } from '../security/secret-reference.ts';
import {
  APP_OPTIONS,
  databaseCheck,
  manifestCheck,
  migrationsProblem,
  appProblems,
  podsCheck,
  pubSubCheck,
  typesOf,
} from './app-checks.ts';
import { type AppOptions, AppWorkload } from './app-workload.ts';

/** Properties of {@link EventProducer}. */
export interface EventProducerProps extends AppOptions {
  /** What the image says of itself; `publishes` names at least one event. */
  readonly manifest: AppManifest;
  /** The pub/sub component that it publishes to. */
  readonly pubSub: DaprPubSub;
  /** Where the producer's tables and its outbox are. @default - none: it publishes by itself */
  readonly database?: PostgresDatabase;
  /** Pods, unless a {@link CpuScaler} says how many. @default 1 */
  readonly replicas?: number;
}

const SHAPE: Shape<EventProducerProps> = {
  ...APP_OPTIONS,
  manifest: manifestCheck,
  pubSub: pubSubCheck,
  database: optional(databaseCheck),
  replicas: optional(podsCheck()),
};

/**
 * An app that takes requests over HTTP and publishes events: Deployment with sidecar, Service, and
 * the rights to its topics.
 */
export class EventProducer extends Construct implements IDaprApp, IScalable {
  public readonly manifest: AppManifest;
  public readonly appId: string;
  public readonly hasCpuRequest = true;
  /** Where the producer's tables and its outbox are; undefined without a database. */
  public readonly database: PostgresDatabase | undefined;
  /** Pods, unless a scaler says how many. */
  public readonly replicas: number;
  /** Deployment, ServiceAccount, disruption budget, network policy and scraping. */
  public readonly workload: AppWorkload;
  /** The generated Service, port 80. */
  public readonly service: k8s.KubeService;
  /** How the sidecar retries. */
  public readonly resiliency: DaprResiliency;
  /** Alerts on events that do not reach the broker. */
  public readonly alerts: ProducerAlerts;
  #scaled = false;

  public constructor(scope: Construct, id: string, props: EventProducerProps) {
    super(scope, id);
    assignLayer(this, Layer.APPS);
    const problems = new Problems(this);
    problems.props(props, SHAPE);
    const { manifest, pubSub, database, replicas = 1 } = props;
    const publishes = manifest.publishes ?? [];
    problems.add(
      ...appProblems(this, props),
      publishes.length === 0 &&
        `app manifest '${manifest.appId}' publishes nothing: list its events under 'publishes', or use IdempotentConsumer`,
      (manifest.subscribes ?? []).length > 0 &&
        `app manifest '${manifest.appId}' subscribes to ${typesOf(manifest.subscribes)}, and an EventProducer receives nothing: use IdempotentConsumer, which publishes what is under 'publishes', too`,
      migrationsProblem(props),
    );
    problems.report();
    EventPlatform.of(this).addApp(this, manifest.appId);
    useContracts(this, publishes);
    this.manifest = manifest;
    this.appId = manifest.appId;
    this.database = database;
    this.replicas = replicas;
    this.workload = new AppWorkload(this, 'app', {
      ...props,
      component: 'producer',
      // Nothing is delivered to a producer.
      healthPath: RUNTIME_PATHS.live,
      replicas: () => (this.#scaled ? undefined : replicas),
      ingress: [{ who: { namespaceSelector: {} }, ports: [manifest.port] }],
    });
    this.service = new k8s.KubeService(this, 'service', {
      metadata: { name: this.appId, labels: commonLabels(this.appId, 'producer') },
      spec: {
        selector: selectorLabels(this.appId),
        ports: [{ name: 'http', port: 80, targetPort: k8s.IntOrString.fromString('http') }],
      },
    });
    for (const contract of publishes) {
      pubSub.topicOf(contract).grantPublish(this);
    }
    this.resiliency = new DaprResiliency(this, 'resiliency', { app: this, pubSub });
    this.alerts = new ProducerAlerts(this, 'alerts', {
      appId: this.appId,
      outbox: database !== undefined,
    });
  }

  public get deploymentName(): string {
    return this.appId;
  }

  public allowEgress(peer: NetworkPeer): void {
    this.workload.allowEgress(peer);
  }

  public addSidecarSecret(variable: string, secret: SecretReference, key: string): void {
    this.workload.addSidecarSecret(variable, secret, key);
  }

  /** Gives the sidecar a file with certificates, at its own path. */
  public addSidecarFile(file: CertificateFile): void {
    this.workload.addSidecarFile(file);
  }

  public attachScaler(): void {
    this.#scaled = true;
  }
}
