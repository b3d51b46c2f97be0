import { Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { type AppManifest } from '@cdk8s-event-platform/contracts';
import {
  INTERFACE,
  METRICS_PORT,
  METRICS_PORT_NAME,
  RUNTIME_ENV,
  RUNTIME_PATHS,
} from '@cdk8s-event-platform/contracts/interface';
import type { ConfigFiles } from '../platform/config-files.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import { commonLabels, selectorLabels } from '../core/names.ts';
import { resources } from '../core/quantities.ts';
import { DaprConfiguration, DEFAULT_CONFIGURATION } from '../dapr/dapr-configuration.ts';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import { SidecarViews } from '../dapr/sidecar-views.ts';
import { sidecarAnnotations, SIDECAR_METRICS_PORT } from '../dapr/sidecar.ts';
import type { CertificateFile } from '../security/certificate-file.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import { MetricSource } from '../observability/metric-source.ts';
import { MetricsScrape } from '../observability/metrics-scrape.ts';
import {
  daprControlPlane,
  type NetworkPeer,
  podsOfNamespace,
  WorkloadNetworkPolicy,
} from '../security/network-policies.ts';
import { RESTRICTED_CONTAINER, restrictedPod } from '../security/pod-security.ts';
import type { SecretReference } from '../security/secret-reference.ts';
import { eventLimitsEnv } from './event-limits.ts';
import { sidecarToken, tokenEnv } from './sidecar-token.ts';
import { tracingEnv } from './tracing-env.ts';
import { stopTimes } from './stop-times.ts';
import { type AppOptions, DEFAULT_SIZE } from './app-options.ts';

/** Properties of {@link AppWorkload}. */
export interface AppWorkloadProps extends AppOptions {
  readonly manifest: AppManifest;
  readonly pubSub: DaprPubSub;
  /** What the app is, for its labels: `producer` or `consumer`. */
  readonly component: string;
  /** Pods, where no scaler says how many. */
  readonly replicas: () => number | undefined;
  /** The app's database. @default - none */
  readonly database?: PostgresDatabase | undefined;
  /** Name of the image, where it is one of the platform itself. @default - the app id, from the images of apps */
  readonly platformImage?: string;
  /** Files that the app reads when it starts, and the folder that they are mounted at. @default - none */
  readonly files?: { readonly content: ConfigFiles; readonly folder: string };
  /** Path that daprd probes before it delivers. */
  readonly healthPath: string;
  /** Who else may connect to the app. @default - nobody */
  readonly ingress?: readonly NetworkPeer[];
}

/** Series of one app or sidecar: some ten times as many as it has while no label of it holds ids. */
const MOST_SERIES = 5_000;

/** Annotation of pods that changes when what their sidecar loads changes: they are replaced then. */
const SIDECAR_VIEW = 'event-platform/sidecar-view';

/** Annotation of pods that changes when the files that their app reads change. */
const FILES = 'event-platform/files';

/** User id of `nonroot` in distroless images. */
const APP_USER = 65_532;

/** Deployment, ServiceAccount, disruption budget, network policy and scraping of one app. */
export class AppWorkload extends Construct {
  /** The generated Deployment. */
  public readonly deployment: k8s.KubeDeployment;
  /** The generated ServiceAccount. */
  public readonly serviceAccount: k8s.KubeServiceAccount;
  readonly #network: WorkloadNetworkPolicy;
  readonly #sidecarSecrets = new Map<string, string>();
  readonly #sidecarFiles = new Map<string, CertificateFile>();

  public constructor(scope: Construct, id: string, props: AppWorkloadProps) {
    super(scope, id);
    const { manifest, database, files } = props;
    const authority = database?.authority;
    const { environment, operatorNamespaces } = EventPlatform.of(this);
    const name = manifest.appId;
    const labels = commonLabels(name, props.component);
    const { notifications } = props;
    if (notifications?.credentials !== undefined) {
      EventPlatform.of(this).addSecret(notifications.credentials);
    }
    const image: readonly [string, 'images' | 'platformImages'] =
      props.platformImage === undefined
        ? [environment.imageReference(name), 'images']
        : [environment.platformImageReference(props.platformImage), 'platformImages'];
    const { drain, grace } = stopTimes(props);
    const configuration = props.configuration ?? DEFAULT_CONFIGURATION;
    if (configuration === DEFAULT_CONFIGURATION) {
      DaprConfiguration.provideDefault(this);
    }
    const token = sidecarToken(name);
    EventPlatform.of(this).addSecret(token);
    const views = SidecarViews.of(this);
    this.node.addValidation({
      validate: () =>
        [
          props.image === undefined ? environment.imageProblem(...image) : undefined,
          configuration === DEFAULT_CONFIGURATION || DaprConfiguration.exists(this, configuration)
            ? undefined
            : `Dapr Configuration '${configuration}' is not declared, and no sidecar starts without it: add \`new DaprConfiguration(platform, '${configuration}')\``,
        ].flatMap((found) => (found === undefined ? [] : [`${this.node.path}: ${found}`])),
    });
    const probe = (path: string): k8s.Probe => ({
      httpGet: { path, port: k8s.IntOrString.fromString('http') },
    });

    this.serviceAccount = new k8s.KubeServiceAccount(this, 'service-account', {
      metadata: { name, labels },
      automountServiceAccountToken: false,
    });
    this.deployment = new k8s.KubeDeployment(this, 'deployment', {
      metadata: { name, labels },
      spec: {
        replicas: Lazy.any({ produce: props.replicas }) as number,
        selector: { matchLabels: selectorLabels(name) },
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: {
            maxSurge: k8s.IntOrString.fromNumber(1),
            maxUnavailable: k8s.IntOrString.fromNumber(0),
          },
        },
        template: {
          metadata: {
            labels,
            annotations: Lazy.any({
              produce: () => ({
                [SIDECAR_VIEW]: views.hashOf(name, configuration),
                ...(files && { [FILES]: files.content.hash() }),
                ...sidecarAnnotations(manifest, {
                  configuration,
                  healthPath: props.healthPath,
                  shutdown: drain,
                  maxMessageSize: props.pubSub.broker.maxMessageSize,
                  tokenSecret: token.name,
                  secrets: this.#sidecarSecrets,
                  volumes: new Map(
                    [...this.#sidecarFiles].map(([path, { volume }]) => [path, volume.name]),
                  ),
                }),
              }),
            }) as Record<string, string>,
          },
          spec: {
            serviceAccountName: name,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: restrictedPod(APP_USER),
            terminationGracePeriodSeconds: grace.toSeconds(),
            ...(environment.production && {
              topologySpreadConstraints: [
                {
                  topologyKey: 'topology.kubernetes.io/zone',
                  maxSkew: 1,
                  whenUnsatisfiable: 'ScheduleAnyway',
                  labelSelector: { matchLabels: selectorLabels(name) },
                },
              ],
            }),
            containers: [
              {
                name,
                image: props.image ?? image[0],
                command: [...(props.command ?? ['node', '/app/main.js'])],
                env: [
                  { name: RUNTIME_ENV.interface, value: String(INTERFACE) },
                  { name: RUNTIME_ENV.pubSubName, value: props.pubSub.name },
                  { name: RUNTIME_ENV.logLevel, value: props.logLevel ?? 'info' },
                  { name: RUNTIME_ENV.drainSeconds, value: String(drain.toSeconds()) },
                  ...tokenEnv(token),
                  ...eventLimitsEnv(manifest, props.pubSub),
                  ...(database?.connectionEnv(database.addApp(manifest)) ?? []),
                  ...(notifications?.env ?? []),
                  ...tracingEnv(this, { appId: name, configuration, pubSub: props.pubSub }),
                  ...(props.env ?? []),
                ],
                ports: [
                  { name: 'http', containerPort: manifest.port },
                  { name: METRICS_PORT_NAME, containerPort: METRICS_PORT },
                ],
                startupProbe: {
                  ...probe(RUNTIME_PATHS.live),
                  periodSeconds: 1,
                  failureThreshold: 60,
                },
                livenessProbe: { ...probe(RUNTIME_PATHS.live), periodSeconds: 10 },
                readinessProbe: { ...probe(RUNTIME_PATHS.ready), periodSeconds: 5 },
                resources: resources(props.size ?? DEFAULT_SIZE),
                securityContext: RESTRICTED_CONTAINER,
                volumeMounts: [
                  { name: 'tmp', mountPath: '/tmp' },
                  ...(authority ? [authority.mount] : []),
                  ...(files ? [{ name: 'files', mountPath: files.folder, readOnly: true }] : []),
                ],
              },
            ],
            volumes: Lazy.any({
              produce: () => [
                { name: 'tmp', emptyDir: {} },
                ...(files ? [files.content.volume('files')] : []),
                ...[
                  ...new Set([...(authority ? [authority] : []), ...this.#sidecarFiles.values()]),
                ].map(({ volume }) => volume),
              ],
            }) as k8s.Volume[],
          },
        },
      },
    });
    new k8s.KubePodDisruptionBudget(this, 'disruption-budget', {
      metadata: { name, labels },
      spec: {
        maxUnavailable: k8s.IntOrString.fromNumber(1),
        selector: { matchLabels: selectorLabels(name) },
      },
    });

    this.#network = new WorkloadNetworkPolicy(this, 'network', {
      name,
      workload: name,
      ingress: [
        {
          who: podsOfNamespace(operatorNamespaces.monitoring),
          ports: [METRICS_PORT, SIDECAR_METRICS_PORT.port],
        },
        ...(props.ingress ?? []),
      ],
      egress: [
        ...daprControlPlane(operatorNamespaces.dapr),
        props.pubSub.broker.peer,
        ...(database === undefined ? [] : [database.peer]),
        ...(environment.traces === undefined ? [] : [{ ports: [environment.traces.port] }]),
        ...(notifications === undefined ? [] : [notifications.peer]),
        ...(props.egress ?? []),
      ],
    });
    new MetricsScrape(this, 'scrape', {
      name,
      ports: [METRICS_PORT_NAME, SIDECAR_METRICS_PORT.name],
      sources: [MetricSource.RUNTIME, MetricSource.SIDECAR],
      sampleLimit: MOST_SERIES,
      // A consumer may be at zero, and has an alert of its own on being away when events wait.
      always: props.component !== 'consumer',
    });
  }

  /** Lets the pods connect to something else. */
  public allowEgress(peer: NetworkPeer): void {
    this.#network.allowEgress(peer);
  }

  /** Gives the sidecar an environment variable with the value of a key of a Secret. */
  public addSidecarSecret(variable: string, secret: SecretReference, key: string): void {
    this.#sidecarSecrets.set(variable, `${secret.name}:${key}`);
  }

  /** Gives the sidecar a file with certificates, at its own path. */
  public addSidecarFile(file: CertificateFile): void {
    this.#sidecarFiles.set(file.mount.mountPath, file);
  }
}
