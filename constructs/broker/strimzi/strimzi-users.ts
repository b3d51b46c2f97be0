import { Construct } from 'constructs';
import type { IEventApp } from '../../messaging/event-app.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import { BrokerAccounts } from '../parts/broker-accounts.ts';
import { type AclRule, StrimziObject } from './strimzi-objects.ts';
import type { AdmittedClient } from '../kafka-protocol/admitted-clients.ts';
import { KafkaAccess } from '../kafka-protocol/kafka-access.ts';
import { KEDA_USER } from '../kafka-protocol/scram-login.ts';
import type { InspectionRights } from '../kafka-protocol/kafka-inspection.ts';

interface Rights {
  readonly publish: Set<string>;
  readonly subscribe: Set<string>;
}

function rule(type: 'topic' | 'group', name: string, operations: AclRule['operations']): AclRule {
  return { resource: { type, name, patternType: 'literal' }, operations };
}

const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

function clientRules(
  publishes: Iterable<string>,
  receives: ReadonlySet<string>,
  group: string,
): AclRule[] {
  return [
    ...sorted(publishes).map((topic) => rule('topic', topic, ['Write', 'Describe'])),
    ...sorted(receives).map((topic) => rule('topic', topic, ['Read', 'Describe'])),
    ...(receives.size > 0 ? [rule('group', group, ['Read'])] : []),
  ];
}

/**
 * A user for each client, with just the rights that it was granted. Passwords come from the Secrets
 * that every broker of the platform has, not from those that Strimzi would make up, so that
 * exchanging the broker touches no app.
 */
export class StrimziUsers extends Construct {
  readonly #accounts: BrokerAccounts;
  readonly #cluster: string;
  readonly #users: StrimziObject<'KafkaUser'>[] = [];
  readonly #rights = new Map<string, Rights>();

  public constructor(
    scope: Construct,
    id: string,
    props: { readonly cluster: string; readonly url: string },
  ) {
    super(scope, id);
    this.#cluster = props.cluster;
    this.#accounts = new BrokerAccounts(this, props.url);
  }

  /** The generated KafkaUsers. */
  public get users(): readonly StrimziObject<'KafkaUser'>[] {
    return [...this.#users];
  }

  /** Lets an app publish to a topic. */
  public grantPublish(topic: string, app: IEventApp): void {
    this.#of(app).publish.add(topic);
  }

  /** Lets an app receive a topic, as the group that is called like it. */
  public grantSubscribe(topic: string, app: IEventApp): void {
    this.#of(app).subscribe.add(topic);
  }

  /** The account of KEDA, which may look at what all groups have left to do. */
  public addKeda(): SecretReference {
    const account = this.#accounts.of(KEDA_USER);
    this.#addUser(KEDA_USER, account, () => {
      const receiving = [...this.#rights].filter(([, { subscribe }]) => subscribe.size > 0);
      return [
        ...sorted(receiving.flatMap(([, { subscribe }]) => [...subscribe])).map((topic) =>
          rule('topic', topic, ['Describe']),
        ),
        ...sorted(receiving.map(([appId]) => appId)).map((group) =>
          rule('group', group, ['Describe']),
        ),
      ];
    });
    return account;
  }

  /** The account of a workload that looks at the whole cluster. */
  public addInspector(workload: string, rights: InspectionRights): SecretReference {
    const account = this.#accounts.of(workload);
    const access = new KafkaAccess();
    access.inspect(workload, rights);
    this.#addUser(workload, account, () =>
      access.rules.map(({ resource, name, operation }) => ({
        resource:
          resource === 'cluster'
            ? { type: resource }
            : { type: resource, name, patternType: 'literal' as const },
        operations: [operation],
      })),
    );
    return account;
  }

  /** The account of a client in another namespace, with just its rights. */
  public addOutsider(client: AdmittedClient): SecretReference {
    const { name, namespace, publishes, receives, group } = client;
    const account = this.#accounts.of(name);
    // No app has an id like it: an app of the same name is reported when everything is declared.
    this.#addUser(
      name,
      account,
      () => clientRules(publishes, new Set(receives), group),
      `${name}@${namespace}`,
    );
    return account;
  }

  #of(app: IEventApp): Rights {
    const known = this.#rights.get(app.appId);
    if (known !== undefined) {
      return known;
    }
    const rights: Rights = { publish: new Set(), subscribe: new Set() };
    this.#rights.set(app.appId, rights);
    this.#addUser(app.appId, this.#accounts.ofApp(app), () =>
      clientRules(rights.publish, rights.subscribe, app.appId),
    );
    return rights;
  }

  #addUser(name: string, account: SecretReference, acls: () => AclRule[], id = name): void {
    const user = new StrimziObject(this, id, {
      kind: 'KafkaUser',
      name,
      cluster: this.#cluster,
      spec: () => ({
        authentication: {
          type: 'scram-sha-512',
          password: { valueFrom: { secretKeyRef: { name: account.name, key: 'password' } } },
        },
        authorization: { type: 'simple', acls: acls() },
      }),
    });
    this.#users.push(user);
  }
}
