import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { NetworkPeer } from '../../security/network-policies.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import { ProvisioningJob } from '../parts/provisioning-job.ts';
import { NATS_USER } from './nats-servers.ts';
import { streamScript, type StreamScriptOptions } from './stream-script.ts';

/** Properties of {@link StreamProvisioning}. */
export interface StreamProvisioningProps extends Pick<
  StreamScriptOptions,
  'url' | 'maxMessageSize'
> {
  /** Name of the Job, in front of its hash. */
  readonly name: string;
  /** Image with a shell and the `nats` command line. */
  readonly image: string;
  /** Where the servers are. */
  readonly peer: NetworkPeer;
  /** Account that it logs in with. Undefined: it does not. */
  readonly account: SecretReference | undefined;
  /** Called when everything is declared. */
  readonly topics: () => StreamScriptOptions['topics'];
  /** Called when everything is declared. */
  readonly consumers: () => StreamScriptOptions['consumers'];
}

/** Variables of the `nats` command line that log it in. */
function loginEnv(account: SecretReference): k8s.EnvVar[] {
  return Object.entries({ NATS_USER: 'username', NATS_PASSWORD: 'password' }).map(
    ([name, key]) => ({ name, valueFrom: { secretKeyRef: { name: account.name, key } } }),
  );
}

/** Environment of the `nats` command line. @param account that it logs in with. Undefined: it does not. */
export function natsEnv(account: SecretReference | undefined): k8s.EnvVar[] {
  return [
    // The command line keeps what it knows of servers in the home folder.
    { name: 'HOME', value: '/tmp' },
    { name: 'XDG_CONFIG_HOME', value: '/tmp' },
    ...(account === undefined ? [] : loginEnv(account)),
  ];
}

/** A Job that brings streams and durable consumers to their declared state. */
export class StreamProvisioning extends ProvisioningJob {
  public constructor(scope: Construct, id: string, props: StreamProvisioningProps) {
    super(scope, id, {
      name: props.name,
      image: props.image,
      user: NATS_USER,
      shell: '/bin/sh',
      script: () =>
        streamScript({ ...props, topics: props.topics(), consumers: props.consumers() }),
      env: () => natsEnv(props.account),
      memory: { request: Size.mebibytes(64), limit: Size.mebibytes(128) },
      peer: props.peer,
    });
  }
}
