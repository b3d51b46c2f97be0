import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import type { NetworkPeer } from '../../security/network-policies.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import type { GroupStart } from '../../messaging/topic-policies.ts';
import { ProvisioningJob } from '../parts/provisioning-job.ts';
import { provisioningScript } from './provisioning-script.ts';
import { adminEnv, REDIS_USER, secretEnv, type ServerAccounts } from './redis-servers.ts';

/** An account and its rules. */
export interface AccountRights {
  readonly account: SecretReference;
  /** Name on the server. */
  readonly username: string;
  /** Rules as `ACL SETUSER` takes them. */
  readonly rights: string;
}

/** Properties of {@link RedisProvisioning}. */
export interface RedisProvisioningProps {
  /** Name of the Job, in front of its hash. */
  readonly name: string;
  readonly image: string;
  readonly peer: NetworkPeer;
  /** Full names of the servers. */
  readonly servers: readonly string[];
  /** Undefined where nobody has to log in. */
  readonly accounts: ServerAccounts | undefined;
  /** These are called when everything is declared. */
  readonly topics: () => readonly TopicSpec[];
  readonly groups: () => readonly GroupStart[];
  readonly rights: () => readonly AccountRights[];
}

function passwordVariable(username: string): string {
  return `PASSWORD_${username.toUpperCase().replaceAll('-', '_')}`;
}

/** A Job that brings accounts, streams and groups to their declared state. */
export class RedisProvisioning extends ProvisioningJob {
  public constructor(scope: Construct, id: string, props: RedisProvisioningProps) {
    const { accounts } = props;
    super(scope, id, {
      name: props.name,
      image: props.image,
      user: REDIS_USER,
      shell: '/bin/sh',
      script: () =>
        provisioningScript({
          servers: props.servers,
          topics: props.topics(),
          groups: props.groups(),
          accounts:
            accounts &&
            props.rights().map(({ username, rights }) => ({
              username,
              passwordVariable: passwordVariable(username),
              rights,
            })),
        }),
      env: () =>
        accounts === undefined
          ? []
          : [
              ...adminEnv(accounts),
              ...props
                .rights()
                .map(({ account, username }) =>
                  secretEnv(passwordVariable(username), account, 'password'),
                ),
            ],
      memory: { request: Size.mebibytes(32), limit: Size.mebibytes(64) },
      peer: props.peer,
    });
  }
}
