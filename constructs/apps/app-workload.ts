import { Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { METRICS_PORT, METRICS_PORT_NAME } from '@cdk8s-event-platform/contracts/interface';
import type { ConfigFiles } from '../platform/config-files.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import { commonLabels, selectorLabels } from '../core/names.ts';
import { DaprConfiguration, DEFAULT_CONFIGURATION } from '../dapr/dapr-configuration.ts';
import { SIDECAR_METRICS_PORT } from '../dapr/sidecar.ts';
import type { CertificateFile } from '../security/certificate-file.ts';
import { MetricSource } from '../observability/metric-source.ts';
import { MetricsScrape } from '../observability/metrics-scrape.ts';
import {
  daprControlPlane,
  type NetworkPeer,
  podsOfNamespace,
  WorkloadNetworkPolicy,
} from '../security/network-policies.ts';
import type { SecretReference } from '../security/secret-reference.ts';
import { renderServiceAccount } from '../security/service-account.ts';
import { sidecarToken } from './sidecar-token.ts';
import { appPod } from './app-pod.ts';
import type { AppWorkloadProps } from './app-workload-props.ts';
import { coded } from '@cdk8s-event-platform/contracts/internal';
import { validateLater } from '../core/problems.ts';

/** Largest number of series of one app or sidecar: some ten times as many as it has while no label holds ids. */
const SAMPLE_LIMIT = 5_000;

/** Deployment, ServiceAccount, disruption budget, network policy and scraping of one app. */
export class AppWorkload extends Construct {
  /** The generated Deployment. */
  public readonly deployment: k8s.KubeDeployment;
  /** The generated ServiceAccount; undefined where the pods run as one that exists. */
  public readonly serviceAccount: k8s.KubeServiceAccount | undefined;
  /** Name of the ServiceAccount that the pods run as. */
  public readonly serviceAccountName: string;
  /** What its pods may talk to. */
  public readonly network: WorkloadNetworkPolicy;
  readonly #sidecarSecrets = new Map<string, string>();
  readonly #sidecarFiles = new Map<string, CertificateFile>();
  readonly #declaredConfiguration: string;
  #configuration: string;
  /** The generated PodDisruptionBudget. */
  public readonly disruptionBudget: k8s.KubePodDisruptionBudget;
  /** Files that the app reads when it starts; undefined without some. */
  public readonly files: ConfigFiles | undefined;

  public constructor(scope: Construct, id: string, props: AppWorkloadProps) {
    super(scope, id);
    const platform = EventPlatform.of(this);
    const { manifest, notifications, configuration = DEFAULT_CONFIGURATION } = props;
    const name = manifest.appId;
    this.#declaredConfiguration = configuration;
    this.#configuration = configuration;
    const labels = commonLabels(name, props.component);
    const token = sidecarToken(name);
    platform.addSecret(token);
    if (notifications?.credentials !== undefined) {
      platform.addSecret(notifications.credentials);
    }
    if (configuration === DEFAULT_CONFIGURATION) {
      DaprConfiguration.provideDefault(this);
    }
    const account = { name, ...props.serviceAccount };
    this.serviceAccountName = account.name;
    this.files = props.files?.content;
    this.serviceAccount = renderServiceAccount(this, 'service-account', account, labels);
    this.deployment = new k8s.KubeDeployment(this, 'deployment', {
      metadata: { name, labels },
      spec: {
        replicas: Lazy.any({ produce: props.replicas }) as number,
        selector: { matchLabels: selectorLabels(name) },
        ...(props.progressDeadline && {
          progressDeadlineSeconds: props.progressDeadline.toSeconds(),
        }),
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: {
            maxSurge: k8s.IntOrString.fromNumber(1),
            maxUnavailable: k8s.IntOrString.fromNumber(0),
          },
        },
        template: appPod(this, labels, props, {
          image: this.#image(props),
          configuration: () => this.#configuration,
          traceConfiguration: configuration,
          token,
          sidecarSecrets: this.#sidecarSecrets,
          sidecarFiles: this.#sidecarFiles,
        }),
      },
    });
    this.disruptionBudget = new k8s.KubePodDisruptionBudget(this, 'disruption-budget', {
      metadata: { name, labels },
      spec: {
        maxUnavailable: k8s.IntOrString.fromNumber(1),
        selector: { matchLabels: selectorLabels(name) },
      },
    });
    this.network = this.#addNetwork(props);
    new MetricsScrape(this, 'scrape', {
      name,
      ports: [METRICS_PORT_NAME, SIDECAR_METRICS_PORT.name],
      sources: [MetricSource.RUNTIME, MetricSource.SIDECAR],
      sampleLimit: SAMPLE_LIMIT,
      // A consumer may be at zero, and an alert of its own tells of events that wait for it.
      always: props.component !== 'consumer',
    });
    validateLater(this, () =>
      coded(
        'EP5004',
        configuration !== DEFAULT_CONFIGURATION &&
          !DaprConfiguration.exists(this, configuration) &&
          `Dapr Configuration '${configuration}' is not declared, and no sidecar starts without it: add \`new DaprConfiguration(platform, '${configuration}')\``,
      ),
    );
  }

  /** Lets the pods connect to something else. */
  public allowEgress(peer: NetworkPeer): void {
    this.network.allowEgress(peer);
  }

  /** Lets something else connect to the pods. */
  public allowIngress(peer: NetworkPeer): void {
    this.network.allowIngress(peer);
  }

  /**
   * Starts the sidecar with another Configuration.
   *
   * @internal
   * @param make creates it from the name of the one that is declared.
   */
  public useConfiguration<Made extends { readonly name: string }>(
    make: (declared: string) => Made,
  ): Made {
    const made = make(this.#declaredConfiguration);
    this.#configuration = made.name;
    return made;
  }

  /** Gives the sidecar an environment variable with the value of a key of a Secret. */
  public addSidecarSecret(variable: string, secret: SecretReference, key: string): void {
    this.#sidecarSecrets.set(variable, `${secret.name}:${key}`);
  }

  /** Gives the sidecar a file with certificates, at its own path. */
  public addSidecarFile(file: CertificateFile): void {
    this.#sidecarFiles.set(file.mount.mountPath, file);
  }

  #image({ manifest, image, platformImage }: AppWorkloadProps): string {
    const { environment } = EventPlatform.of(this);
    if (image !== undefined) {
      return image;
    }
    const reference =
      platformImage === undefined
        ? environment.imageReference(manifest.appId)
        : environment.platformImageReference(platformImage);
    validateLater(this, () =>
      coded(
        'EP6002',
        environment.imageProblem(
          reference,
          platformImage === undefined ? 'images' : 'platformImages',
        ),
      ),
    );
    return reference;
  }

  #addNetwork({ manifest, pubSub, database, notifications, ...props }: AppWorkloadProps) {
    const { environment, operatorNamespaces } = EventPlatform.of(this);
    const { traces } = environment;
    return new WorkloadNetworkPolicy(this, 'network', {
      name: manifest.appId,
      workload: manifest.appId,
      ingress: [
        {
          peer: podsOfNamespace(operatorNamespaces.monitoring),
          ports: [METRICS_PORT, SIDECAR_METRICS_PORT.port],
        },
        ...(props.ingress ?? []),
      ],
      egress: () => [
        ...daprControlPlane(operatorNamespaces.dapr),
        // Of an app without events, the sidecar does not load the component.
        ...(pubSub.isUsedBy(manifest.appId) ? [pubSub.broker.peer] : []),
        ...(database === undefined ? [] : [database.peer]),
        ...(traces === undefined ? [] : [{ ports: [traces.port] }]),
        ...(notifications === undefined ? [] : [notifications.peer]),
        ...(props.egress ?? []),
      ],
    });
  }
}
