import { Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import {
  coded,
  number,
  optional,
  type Shape,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import { EventPlatform } from '../platform/event-platform.ts';
import { assignLayer, Layer } from '../platform/layers.ts';
import { commonLabels, requireDnsLabel, selectorLabels } from '../core/names.ts';
import { reportAll, requireProps } from '../core/problems.ts';
import { resources } from '../core/quantities.ts';
import { RECIPIENT } from '@cdk8s-event-platform/contracts/interface';
import { WorkloadNetworkPolicy, workloads } from '../security/network-policies.ts';
import { restrictedPod } from '../security/pod-security.ts';
import { DEFAULT_IMAGES } from '../core/versions.ts';
import { NotificationTarget } from './notification-target.ts';
import { servicePorts, containerPorts, singlePod } from '../core/workloads.ts';

/** Properties of {@link MailSink}. */
export interface MailSinkProps {
  /** Name of Deployment and Service. @default - the id */
  readonly name?: string;
  /** Image of the program. @default - `DEFAULT_IMAGES.mailpit` */
  readonly image?: string;
  /** Mails that are kept, the newest. @default 5000 */
  readonly maxMessages?: number;
}

const SHAPE: Shape<MailSinkProps> = {
  name: optional(text),
  image: optional(text),
  maxMessages: optional(number()),
};

/** User id that the program runs as; its image names none. */
const USER = 65_532;

/** Ports of a {@link MailSink}. */
export const MAIL_SINK_PORTS = { smtp: 1025, http: 8025 } as const;

/**
 * A mail server that delivers nothing and shows everything on a page, for environments where nobody is
 * to get mail: [Mailpit](https://mailpit.axllent.org). It keeps mails in memory. Refused in production.
 *
 * No pod may connect to the page; `kubectl port-forward service/mail-sink 8025` does.
 *
 * @see https://mailpit.axllent.org/docs/configuration/runtime-options/
 */
export class MailSink extends Construct {
  /** Name of Deployment and Service. */
  public readonly name: string;
  /** The generated Deployment. */
  public readonly deployment: k8s.KubeDeployment;
  readonly #clients = new Set<string>();
  readonly #host: string;
  /** The generated Service. */
  public readonly service: k8s.KubeService;
  /** Who may connect. */
  public readonly network: WorkloadNetworkPolicy;

  public constructor(scope: Construct, id: string, props: MailSinkProps = {}) {
    super(scope, id);
    assignLayer(this, Layer.BROKER_AND_STATE);
    const { environment } = EventPlatform.of(this);
    requireProps(this, props, SHAPE);
    const { image = DEFAULT_IMAGES.mailpit, maxMessages = 5_000 } = props;
    reportAll(this, [
      ...coded(
        'EP5005',
        environment.production &&
          'a mail sink delivers nothing, so nobody would be notified in production: use NotificationTarget.smtp or NotificationTarget.webhook',
      ),
      ...coded(
        'EP1001',
        !(Number.isInteger(maxMessages) && maxMessages >= 1) &&
          `maxMessages (${maxMessages}) is not a number of mails: use a whole number of at least 1, e.g. 5000`,
      ),
    ]);
    this.name = requireDnsLabel(this, 'name', props.name ?? id, 40);
    this.#host = `${this.name}.${environment.namespace}.svc.cluster.local`;
    const labels = commonLabels(this.name, 'mail-sink');
    this.deployment = new k8s.KubeDeployment(
      this,
      'deployment',
      singlePod({
        name: this.name,
        component: 'mail-sink',
        pod: restrictedPod(USER, {
          containers: [
            {
              name: 'mailpit',
              image,
              command: ['/mailpit'],
              args: [
                `--smtp=:${MAIL_SINK_PORTS.smtp}`,
                `--listen=:${MAIL_SINK_PORTS.http}`,
                `--max=${maxMessages}`,
                // What is sent again has the same Message-ID.
                '--ignore-duplicate-ids',
                '--smtp-disable-rdns',
                '--disable-version-check',
              ],
              ports: containerPorts(MAIL_SINK_PORTS),
              readinessProbe: {
                httpGet: { path: '/readyz', port: k8s.IntOrString.fromString('http') },
                periodSeconds: 5,
              },
              resources: resources({
                cpuRequest: '10m',
                memoryRequest: Size.mebibytes(32),
                memoryLimit: Size.mebibytes(256),
              }),
              volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
            },
          ],
          volumes: [{ name: 'tmp', emptyDir: {} }],
        }),
      }),
    );
    this.service = new k8s.KubeService(this, 'service', {
      metadata: { name: this.name, labels },
      spec: {
        selector: selectorLabels(this.name),
        ports: servicePorts(MAIL_SINK_PORTS),
      },
    });
    this.network = new WorkloadNetworkPolicy(this, 'network', {
      name: this.name,
      workload: this.name,
      ingress: [{ peer: workloads(() => [...this.#clients]), ports: [MAIL_SINK_PORTS.smtp] }],
      egress: [],
    });
  }

  /** What has an app's mails come here. */
  public targetOf(appId: string): NotificationTarget {
    this.#clients.add(appId);
    return NotificationTarget.smtp({
      host: this.#host,
      port: MAIL_SINK_PORTS.smtp,
      security: 'none',
      from: `${appId}@example.com`,
      to: `${RECIPIENT}@example.com`,
    }).at({ peer: workloads(() => [this.name]), ports: [MAIL_SINK_PORTS.smtp] });
  }
}
