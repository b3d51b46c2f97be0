import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { type AppManifest } from '@cdk8s-event-platform/contracts';
import { RUNTIME_PATHS } from '@cdk8s-event-platform/contracts/interface';
import { commonLabels, selectorLabels } from '../core/names.ts';
import { Problems, validateLater } from '../core/problems.ts';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import type { DaprJob } from '../dapr/dapr-job.ts';
import { DaprResiliency } from '../dapr/dapr-resiliency.ts';
import type { InvokedOperation } from '../dapr/invoked-operations.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import { useContracts } from '../messaging/contract-registry.ts';
import type { IEventApp } from '../messaging/event-app.ts';
import { stateProblems, useState } from '../messaging/state-users.ts';
import type { Topic } from '../messaging/topic.ts';
import { ProducerAlerts } from '../observability/producer-alerts.ts';
import type { ProjectionAlerts } from '../observability/projection-alerts.ts';
import { RequestAlerts } from '../observability/request-alerts.ts';
import { SagaAlerts } from '../observability/saga-alerts.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import { assignLayer, Layer } from '../platform/layers.ts';
import type { RetryPolicy } from '../dapr/retry-policy.ts';
import type { IScalable } from '../scaling/scalable.ts';
import type { CertificateFile } from '../security/certificate-file.ts';
import type { NetworkPeer } from '../security/network-policies.ts';
import type { SecretReference } from '../security/secret-reference.ts';
import { addJobs, appJobProblems, jobsEnv } from './app-jobs.ts';
import { appProblems } from './app-checks.ts';
import type { AppWorkloadProps } from './app-workload-props.ts';
import { AppWorkload } from './app-workload.ts';
import { deliveryEnv, deliveryProblems } from './delivery-checks.ts';
import { sealingEnv } from './sealed-events.ts';
import { EVENT_APP_PROPS, type EventAppProps } from './event-app-props.ts';
import { EventReceiver, subscribe } from './event-receiver.ts';
import { type InvokeOptions, ServiceInvocation } from './service-invocation.ts';
import { streamsProblems } from './stored-events.ts';
import { coded, versionedContracts } from '@cdk8s-event-platform/contracts/internal';
import {
  addProjections,
  DEFAULT_REBUILD_TIMEOUT,
  hasProjections,
  projectionProblems,
} from './app-projections.ts';

/** What distinguishes a kind of app. @internal */
export interface AppKind {
  /** Value of the label `app.kubernetes.io/component`. */
  readonly component: string;
  /** Checks the types of its properties, for callers without a compiler. */
  readonly checkProps: (problems: Problems) => void;
  /** Problems that only this kind has. @default - none */
  readonly problems?: (props: EventAppProps) => readonly (string | false | undefined)[];
  /** Whether it takes requests from other pods. @default - as its manifest says */
  readonly serves?: boolean;
  /** Whether a sidecar delivers to it. @default - where its manifest subscribes */
  readonly receives?: boolean;
  /** Settings of its workload. @default - those of every app */
  readonly workload?: (
    app: Construct,
    props: EventAppProps,
  ) => Partial<Pick<AppWorkloadProps, 'companions' | 'env' | 'files' | 'platformImage'>>;
}

/** Alerts on the sagas of an app; undefined where it runs none. */
function addSagaAlerts(app: Construct & IEventApp): SagaAlerts | undefined {
  const { appId, sagas = [] } = app.manifest;
  const names = [...new Set(sagas.map(({ name }) => name))];
  return names.length > 0 ? new SagaAlerts(app, 'saga-alerts', { appId, sagas: names }) : undefined;
}

/** Whether an app takes requests from other pods. */
export function serves({ serves: declared, subscribes = [] }: AppManifest): boolean {
  return declared ?? subscribes.length === 0;
}

/**
 * An app of the platform: Deployment with a Dapr sidecar, ServiceAccount, disruption budget, network policy and
 * scraping. The rest follows from its manifest:
 *
 * - `serves`: a Service, and requests from any pod of the cluster;
 * - `publishes`: rights to the topics, and alerts on events that do not reach the broker;
 * - `subscribes`: subscriptions with retries and dead letters, a lag scaler, alerts and an SLO;
 * - `requests`: rights to send commands and to receive their answers, and an alert on those that are not answered;
 * - `sagas`: rights to send their commands and to receive the answers, and alerts on those that do not go on;
 * - `jobs`: a pod at all times, and alerts on due times that are over and runs that fail.
 *
 * {@link EventProducer}, {@link IdempotentConsumer}, {@link EventService} and {@link SagaOrchestrator} say which of these are mandatory.
 *
 * @example
 * new EventApp(platform, 'orders', { manifest: ordersApp, pubSub, database });
 */
export class EventApp extends Construct implements IEventApp, IScalable {
  public readonly manifest: AppManifest;
  public readonly appId: string;
  public readonly hasCpuRequest = true;
  /** The pub/sub component that it publishes to and receives from. */
  public readonly pubSub: DaprPubSub;
  /** Where its tables, inbox and outbox are; undefined without a database. */
  public readonly database: PostgresDatabase | undefined;
  /** Deployment, ServiceAccount, disruption budget, network policy and scraping. */
  public readonly workload: AppWorkload;
  /** What follows from the events that it receives; undefined where it receives none. */
  public readonly receiver: EventReceiver | undefined;
  /** The generated Service, port 80; undefined where it takes no requests. */
  public readonly service: k8s.KubeService | undefined;
  /** Alerts on events that do not reach the broker; undefined where it publishes none. */
  public readonly publishingAlerts: ProducerAlerts | undefined;
  /** An alert on commands that are not answered in time; undefined where it waits for no answers. */
  public readonly requestAlerts: RequestAlerts | undefined;
  /** Alerts on sagas that somebody has to look at; undefined where it runs none. */
  public readonly sagaAlerts: SagaAlerts | undefined;
  /** Alerts on its projections; undefined where it has none. */
  public readonly projectionAlerts: ProjectionAlerts | undefined;
  /** The jobs of its manifest, by name. */
  public readonly jobs: Readonly<Record<string, DaprJob>>;
  readonly #replicas: number | undefined;
  #sharedTopic: Topic | undefined;
  #scaled = false;
  #resiliency: DaprResiliency | undefined;
  readonly #calls: ServiceInvocation;

  public constructor(scope: Construct, id: string, props: EventAppProps);
  /** @internal */
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- the published declaration leaves this one out
  public constructor(scope: Construct, id: string, props: EventAppProps, kind: AppKind);
  public constructor(
    scope: Construct,
    id: string,
    props: EventAppProps,
    kind: AppKind = {
      component: 'app',
      checkProps: (problems) => problems.props(props, EVENT_APP_PROPS),
    },
  ) {
    super(scope, id);
    assignLayer(this, Layer.APPS);
    const { component } = kind;
    this.#check(props, kind);
    const { manifest, pubSub, database } = props;
    const { publishes = [], subscribes = [] } = manifest;
    EventPlatform.of(this).addApp(this, manifest.appId);
    const names = versionedContracts(manifest.streams);
    useContracts(this, { publishes, subscribes, names }, manifest.appId);
    this.manifest = manifest;
    this.appId = manifest.appId;
    this.pubSub = pubSub;
    this.database = database;
    this.#replicas = props.replicas;
    const serving = kind.serves ?? serves(manifest);
    this.jobs = addJobs(this, props.jobs);
    this.workload = this.#addWorkload(props, kind, serving);
    this.service = serving ? this.#addService(component) : undefined;
    publishes.forEach((contract) => pubSub.topicOf(contract).grantPublish(this));
    this.receiver = this.#addReceiver(props);
    if (publishes.length > 0 || subscribes.length > 0) {
      this.#resiliency = this.#addResiliency(props.retries);
    }
    this.#calls = new ServiceInvocation(
      this,
      serving,
      () => (this.#resiliency ??= this.#addResiliency()),
    );
    this.publishingAlerts = publishes.length > 0 ? this.#addPublishingAlerts() : undefined;
    this.requestAlerts =
      (manifest.requests ?? []).length > 0
        ? new RequestAlerts(this, 'request-alerts', { appId: this.appId })
        : undefined;
    this.sagaAlerts = addSagaAlerts(this);
    this.projectionAlerts = addProjections(this, manifest, database);
    useState(this);
    validateLater(this, () => [
      ...stateProblems(this),
      ...streamsProblems(manifest, database),
      ...projectionProblems(this, manifest, database),
    ]);
  }

  #addWorkload(props: EventAppProps, kind: AppKind, serving: boolean): AppWorkload {
    const { manifest, database } = props;
    const subscribes = (manifest.subscribes ?? []).length > 0;
    const workload = kind.workload?.(this, props) ?? {};
    return new AppWorkload(this, 'app', {
      ...props,
      ...workload,
      // What takes requests remembers their answers, whatever its manifest says of it.
      manifest: serving ? { ...manifest, serves: true } : manifest,
      env: [
        ...(subscribes ? deliveryEnv(props, database) : []),
        ...sealingEnv(this, manifest, database, props.pubSub),
        ...jobsEnv(this.jobs),
        ...(workload.env ?? []),
        ...(props.env ?? []),
      ],
      component: kind.component,
      ...(hasProjections(manifest) && {
        progressDeadline: props.rebuildTimeout ?? DEFAULT_REBUILD_TIMEOUT,
      }),
      // A sidecar delivers while this path answers; nothing is delivered to an app without subscriptions.
      healthPath: (kind.receives ?? subscribes) ? RUNTIME_PATHS.ready : RUNTIME_PATHS.live,
      replicas: () => (this.#scaled ? undefined : this.replicas),
      ...(serving && {
        ingress: [{ peer: { namespaceSelector: {} }, ports: [manifest.port] }],
      }),
    });
  }

  #addService(component: string): k8s.KubeService {
    return new k8s.KubeService(this, 'service', {
      metadata: { name: this.appId, labels: commonLabels(this.appId, component) },
      spec: {
        selector: selectorLabels(this.appId),
        ports: [{ name: 'http', port: 80, targetPort: k8s.IntOrString.fromString('http') }],
      },
    });
  }

  #addReceiver(props: EventAppProps): EventReceiver | undefined {
    if ((props.manifest.subscribes ?? []).length === 0) {
      return undefined;
    }
    const subscriptions = subscribe(this, props);
    this.#sharedTopic = subscriptions[0]?.topic;
    return new EventReceiver(this, subscriptions, props);
  }

  #addResiliency(deliveries?: RetryPolicy): DaprResiliency {
    const { pubSub } = this;
    return new DaprResiliency(this, 'resiliency', {
      ...{ app: this, pubSub },
      ...(deliveries && { deliveries }),
    });
  }

  #addPublishingAlerts(): ProducerAlerts {
    const publishesOnly = this.receiver === undefined;
    return new ProducerAlerts(this, publishesOnly ? 'alerts' : 'publishing-alerts', {
      appId: this.appId,
      outbox: this.database !== undefined,
      ...(!publishesOnly && { name: `${this.appId}-publishing` }),
    });
  }

  #check(props: EventAppProps, kind: AppKind): void {
    const problems = new Problems(this);
    kind.checkProps(problems);
    problems.add(
      ...appProblems(this, props),
      ...deliveryProblems(this, props),
      ...appJobProblems(props),
      ...coded('EP2005', ...(kind.problems?.(props) ?? [])),
    );
    problems.report();
  }

  /** How the sidecar retries; undefined where it neither publishes, receives nor calls other apps. */
  public get resiliency(): DaprResiliency | undefined {
    return this.#resiliency;
  }

  /**
   * Lets this app call operations of another over HTTP, by their sidecars, and nothing else: who calls is known by the
   * identity of its sidecar, and network policies open the way from one to the other. The order of calls does not matter.
   * The code calls with `appClient` of the runtime.
   *
   * @param callee an app of the same platform that takes requests.
   * @throws DeclarationError when the callee takes no requests, is this app or one of another platform, or an operation
   * cannot be granted.
   *
   * @example
   * gateway.grantInvoke(routes, [{ methods: ['GET'], path: '/routes/*' }]);
   *
   * @see https://docs.dapr.io/developing-applications/building-blocks/service-invocation/service-invocation-overview/
   */
  public grantInvoke(
    callee: EventApp,
    operations: readonly InvokedOperation[],
    options?: InvokeOptions,
  ): void {
    // Callers in JavaScript may give anything.
    const given = callee as EventApp | undefined;
    const calls = typeof given === 'object' && #calls in given ? given.#calls : undefined;
    this.#calls.grant({ app: callee, calls }, operations, options);
  }

  /** Pods under normal load, unless a scaler says how many. */
  public get replicas(): number {
    return this.#replicas ?? this.receiver?.replicas ?? 1;
  }

  /** Whether it has jobs that run, which the scheduler starts no pod for, or projections, which go on in one. */
  public get alwaysRuns(): boolean {
    return hasProjections(this.manifest) || Object.values(this.jobs).some(({ enabled }) => enabled);
  }

  /** A topic that the pods share; undefined where the app receives none. */
  public get sharedTopic(): Topic | undefined {
    return this.#sharedTopic;
  }

  public get deploymentName(): string {
    return this.appId;
  }

  public get serviceAccountName(): string {
    return this.workload.serviceAccountName;
  }

  public allowEgress(peer: NetworkPeer): void {
    this.workload.allowEgress(peer);
  }

  public addSidecarSecret(variable: string, secret: SecretReference, key: string): void {
    this.workload.addSidecarSecret(variable, secret, key);
  }

  public addSidecarFile(file: CertificateFile): void {
    this.workload.addSidecarFile(file);
  }

  /** Whether a scaler says how many pods there are. */
  public get scaled(): boolean {
    return this.#scaled;
  }

  public attachScaler(): void {
    this.#scaled = true;
  }
}
