import { Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { DeclarationError } from '../../core/errors.ts';
import { EventPlatform } from '../../platform/event-platform.ts';
import { assignLayer, Layer } from '../../platform/layers.ts';
import { commonLabels, requireDnsLabel, selectorLabels } from '../../core/names.ts';
import { reportAll, requireProps } from '../../core/problems.ts';
import { otherPlatformProblem } from '../../platform/same-platform.ts';
import { type ContainerSize, resources } from '../../core/quantities.ts';
import { WorkloadNetworkPolicy } from '../../security/network-policies.ts';
import { restrictedPod } from '../../security/pod-security.ts';
import { type SecretReference, SecretValue } from '../../security/secret-reference.ts';
import { DEFAULT_IMAGES } from '../../core/versions.ts';
import { kafkaUiLoginParts } from './kafka-ui-login.ts';
import {
  coded,
  flag,
  having,
  listOf,
  optional,
  shaped,
  size,
  text,
  type Shape,
} from '@cdk8s-event-platform/contracts/internal';
import type { KafkaBroker } from '../kafka-protocol/kafka-broker.ts';
import type { KafkaInspectorLogin } from '../kafka-protocol/kafka-inspection.ts';
import { singlePod } from '../../core/workloads.ts';

/** Properties of {@link KafkaUi}. */
export interface KafkaUiProps {
  /** The Kafka that is looked at. */
  readonly broker: KafkaBroker;
  /** Name of Deployment and Service, and of the account on Kafka. @default - the id */
  readonly name?: string;
  /** Image of the program. @default - `DEFAULT_IMAGES.kafkaUi` */
  readonly image?: string;
  /**
   * Whether people log in, as the one user of the Secret `<name>-login`. Production refuses to go
   * without.
   * @default true
   */
  readonly authentication?: boolean;
  /** Name of the user who logs in. @default 'admin' */
  readonly user?: string;
  /** Whether nothing can be changed. Production refuses anything else. @default - true in production */
  readonly readOnly?: boolean;
  /**
   * Whether messages are shown, which may hold personal data. The account may read none otherwise;
   * a Kafka that asks nobody who they are shows them all the same.
   * @default false
   */
  readonly messages?: boolean;
  /** Who may connect from within the cluster, to port 8080. @default - nobody */
  readonly ingress?: readonly k8s.NetworkPolicyPeer[];
  /** CPU and memory. @default - 100m and 512 MiB, at most 1 GiB */
  readonly size?: ContainerSize;
}

const KAFKA_UI: Shape<KafkaUiProps> = {
  broker: having('a Kafka, e.g. a KafkaCluster', 'grantInspect', 'bootstrapServers'),
  name: optional(text),
  image: optional(text),
  authentication: optional(flag),
  user: optional(text),
  readOnly: optional(flag),
  messages: optional(flag),
  ingress: optional(listOf(having('a NetworkPolicyPeer'))),
  size: optional(
    shaped<ContainerSize>({
      cpuRequest: text,
      cpuLimit: optional(text),
      memoryRequest: size,
      memoryLimit: optional(size),
    }),
  ),
};

/** Port that the program listens on. */
const PORT = 8080;
/** User id that the image's own user has: the first of Alpine's system users. */
const USER = 100;
const HEALTH = '/actuator/health';

/**
 * A web page that shows topics, partitions, consumer groups and their lag:
 * [Kafbat UI](https://github.com/kafbat/kafka-ui). It logs in to Kafka with an account of its own,
 * which may look at everything and read no message unless `messages` says so. With a Kafka that
 * somebody else runs, its owner gives these rights to the account: DESCRIBE and DESCRIBE_CONFIGS of
 * the cluster and all topics, DESCRIBE of all groups; with `messages`, READ of all topics.
 *
 * Without `ingress`, no pod may connect. `kubectl port-forward service/kafka-ui 8080:80` still works:
 * it enters the pod by its node, which network policies do not see, so who may forward ports in the
 * namespace gets as far as the login.
 *
 * @see https://ui.docs.kafbat.io/configuration/misc-configuration-properties
 */
export class KafkaUi extends Construct {
  /** Name of Deployment and Service. */
  public readonly name: string;
  /** Whether nothing can be changed. */
  public readonly readOnly: boolean;
  /** Keys `username` and `password` of who logs in; undefined where nobody has to. */
  public readonly login: SecretReference | undefined;
  /** The generated Deployment. */
  public readonly deployment: k8s.KubeDeployment;
  /** The generated Service, port 80. */
  public readonly service: k8s.KubeService;

  public constructor(scope: Construct, id: string, props: KafkaUiProps) {
    super(scope, id);
    assignLayer(this, Layer.APPS);
    requireProps(this, props, KAFKA_UI);
    const platform = EventPlatform.of(this);
    const elsewhere = otherPlatformProblem(this, 'broker', props.broker);
    if (elsewhere !== undefined) {
      throw new DeclarationError(this, ...coded('EP5002', elsewhere));
    }
    const { production } = platform.environment;
    const { broker, authentication = true, messages = false, readOnly = production } = props;
    this.name = requireDnsLabel(this, 'name', props.name ?? id, 40);
    this.readOnly = readOnly;
    const kafkaLogin = broker.grantInspect(this.name, { messages, changes: !readOnly });
    if (production) {
      reportAll(
        this,
        coded(
          'EP5005',
          !authentication &&
            'authentication (false) would show Kafka to anyone who reaches the page in production: leave it on',
          !readOnly &&
            'readOnly (false) would have topics and offsets changed by hand in production, past what is declared: leave it out, and change the declaration instead',
          !messages &&
            kafkaLogin.leak !== undefined &&
            `messages (false) cannot be kept, since ${kafkaLogin.leak}: give the page an account of its own, or accept that it shows messages with 'messages: true'`,
        ),
      );
    }
    if (authentication) {
      this.login = {
        name: `${this.name}-login`,
        keys: {
          username: SecretValue.literal(props.user ?? 'admin'),
          password: SecretValue.random(),
        },
      };
      platform.addSecret(this.login);
    }
    this.deployment = this.#deployment(props, kafkaLogin);
    this.service = new k8s.KubeService(this, 'service', {
      metadata: { name: this.name, labels: commonLabels(this.name, 'kafka-ui') },
      spec: {
        selector: selectorLabels(this.name),
        ports: [{ name: 'http', port: 80, targetPort: k8s.IntOrString.fromString('http') }],
      },
    });
    new WorkloadNetworkPolicy(this, 'network', {
      name: this.name,
      workload: this.name,
      ingress: (props.ingress ?? []).map((peer) => ({ peer, ports: [PORT] })),
      egress: [broker.peer],
    });
  }

  #deployment(props: KafkaUiProps, kafkaLogin: KafkaInspectorLogin): k8s.KubeDeployment {
    const { environment } = EventPlatform.of(this);
    const { name } = this;
    const kafka = kafkaUiLoginParts(kafkaLogin);
    const health = { httpGet: { path: HEALTH, port: k8s.IntOrString.fromString('http') } };
    return new k8s.KubeDeployment(
      this,
      'deployment',
      singlePod({
        name,
        component: 'kafka-ui',
        pod: restrictedPod(USER, {
          containers: [
            {
              name: 'kafka-ui',
              image: props.image ?? DEFAULT_IMAGES.kafkaUi,
              env: [
                { name: 'JAVA_OPTS', value: '-XX:MaxRAMPercentage=60' },
                { name: 'SERVER_PORT', value: String(PORT) },
                { name: 'KAFKA_CLUSTERS_0_NAME', value: environment.name },
                {
                  name: 'KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS',
                  value: props.broker.bootstrapServers,
                },
                { name: 'KAFKA_CLUSTERS_0_READONLY', value: String(this.readOnly) },
                ...kafka.env,
                ...this.#loginEnv(),
                // Its settings are declared here, not in the page.
                { name: 'DYNAMIC_CONFIG_ENABLED', value: 'false' },
                // The health check would look for a directory that does not exist.
                { name: 'MANAGEMENT_HEALTH_LDAP_ENABLED', value: 'false' },
                // It could not reach GitHub, and would wait for it.
                { name: 'GITHUB_RELEASE_INFO_ENABLED', value: 'false' },
                // Its own default is DEBUG.
                { name: 'LOGGING_LEVEL_IO_KAFBAT_UI', value: 'INFO' },
              ],
              ports: [{ name: 'http', containerPort: PORT }],
              startupProbe: { ...health, periodSeconds: 5, failureThreshold: 36 },
              livenessProbe: { ...health, periodSeconds: 20, timeoutSeconds: 5 },
              readinessProbe: { ...health, periodSeconds: 10, timeoutSeconds: 5 },
              resources: resources(
                props.size ?? {
                  cpuRequest: '100m',
                  memoryRequest: Size.mebibytes(512),
                  memoryLimit: Size.gibibytes(1),
                },
              ),
              volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }, ...kafka.mounts],
            },
          ],
          volumes: [{ name: 'tmp', emptyDir: {} }, ...kafka.volumes],
        }),
      }),
    );
  }

  /** @see https://ui.docs.kafbat.io/configuration/authentication/for-the-ui/basic-authentication */
  #loginEnv(): k8s.EnvVar[] {
    const { login } = this;
    if (login === undefined) {
      return [{ name: 'AUTH_TYPE', value: 'DISABLED' }];
    }
    const fromLogin = (name: string, key: string): k8s.EnvVar => ({
      name,
      valueFrom: { secretKeyRef: { name: login.name, key } },
    });
    return [
      { name: 'AUTH_TYPE', value: 'LOGIN_FORM' },
      fromLogin('SPRING_SECURITY_USER_NAME', 'username'),
      fromLogin('SPRING_SECURITY_USER_PASSWORD', 'password'),
    ];
  }
}
