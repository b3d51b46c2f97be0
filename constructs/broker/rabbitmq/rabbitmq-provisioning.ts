import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import type { NetworkPeer } from '../../security/network-policies.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import { ProvisioningJob } from '../parts/provisioning-job.ts';
import { provisioningScript } from './provisioning-script.ts';
import type { Queue } from './queues.ts';
import { RABBITMQ_USER } from './rabbitmq-nodes.ts';
import type { Rights } from './grants.ts';
import { RABBITMQ_PORTS } from './server-config.ts';

/** An account of a client. */
export interface ClientAccount {
  readonly client: string;
  readonly secret: SecretReference;
  /** Tags of the user. @default - none */
  readonly tags?: string;
  readonly rights: Rights;
}

/** Properties of {@link RabbitMqProvisioning}. */
export interface RabbitMqProvisioningProps {
  /** Name of the Job, in front of its hash. */
  readonly name: string;
  /** Image with bash. */
  readonly image: string;
  /** Host of the HTTP API. */
  readonly host: string;
  /** Servers of the cluster. */
  readonly servers: number;
  /** Where the servers are. */
  readonly peer: NetworkPeer;
  /** The account that it works with. @default - the guest */
  readonly administrator: SecretReference | undefined;
  /** Both are called when everything is declared. */
  readonly queues: () => readonly Queue[];
  readonly accounts: () => readonly ClientAccount[];
}

/** A Job that brings exchanges, queues and accounts to their declared state. */
export class RabbitMqProvisioning extends ProvisioningJob {
  public constructor(scope: Construct, id: string, props: RabbitMqProvisioningProps) {
    const fromSecret = (name: string, secret: SecretReference, key: string) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret.name, key } },
    });
    const variable = (index: number) => `PASSWORD_${index}`;
    super(scope, id, {
      name: props.name,
      image: props.image,
      user: RABBITMQ_USER,
      script: () =>
        provisioningScript({
          host: props.host,
          port: RABBITMQ_PORTS.management,
          servers: props.servers,
          queues: props.queues(),
          accounts: props.accounts().map(({ client, tags, rights }, index) => ({
            username: client,
            passwordVariable: variable(index),
            ...(tags !== undefined && { tags }),
            rights,
          })),
        }),
      env: () => [
        ...(props.administrator === undefined
          ? []
          : [
              fromSecret('BROKER_USERNAME', props.administrator, 'username'),
              fromSecret('BROKER_PASSWORD', props.administrator, 'password'),
            ]),
        ...props
          .accounts()
          .map(({ secret }, index) => fromSecret(variable(index), secret, 'password')),
      ],
      memory: { request: Size.mebibytes(32), limit: Size.mebibytes(64) },
      peer: props.peer,
    });
  }
}
