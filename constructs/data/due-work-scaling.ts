import { Construct } from 'constructs';
import type { LagTrigger } from '../messaging/message-broker.ts';
import { dueWorkQuery } from '@cdk8s-event-platform/contracts/interface';
import { EventPlatform } from '../platform/event-platform.ts';
import { assignLayer, Layer } from '../platform/layers.ts';
import { commonLabels } from '../core/names.ts';
import { TriggerAuthentication } from '../imports/keda.sh.ts';
import { podsOfNamespace, WorkloadNetworkPolicy } from '../security/network-policies.ts';
import type { SecretReference } from '../security/secret-reference.ts';

/** Rows that one pod is expected to have waiting. */
const ROWS_OF_A_POD = 1_000;

/** How a database is reached. */
export interface ReachedDatabase {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly sslMode: string;
  /** Authority of its own that signs the server's certificate; undefined where systems know it. */
  readonly authority: object | undefined;
  /** The server, when it is in the cluster. */
  readonly server: object | undefined;
}

/** Properties of {@link DueWorkScaling}. */
export interface DueWorkScalingProps {
  readonly database: ReachedDatabase;
  /** Keys `username` and `password`. */
  readonly credentials: SecretReference;
  /** Name that belongs to the database. */
  readonly name: string;
}

/**
 * How KEDA reads from a database what waits in it for apps that have no pod: a role that reads counts and nothing
 * else, and the way through the server's network policy.
 *
 * KEDA does not know an authority of the database's own. There it encrypts without verifying: its login
 * shows the password to nobody, and it reads counts.
 *
 * @see https://keda.sh/docs/2.20/scalers/postgresql/
 */
export class DueWorkScaling extends Construct {
  readonly #name: string;
  readonly #database: ReachedDatabase;
  /** The generated TriggerAuthentication. */
  public readonly login: TriggerAuthentication;
  /** Lets KEDA connect; undefined where the server is outside the cluster. */
  public readonly network: WorkloadNetworkPolicy | undefined;

  public constructor(scope: Construct, id: string, props: DueWorkScalingProps) {
    super(scope, id);
    const { database, credentials, name } = props;
    this.#database = database;
    assignLayer(this, Layer.SCALING_AND_ALERTS);
    this.#name = `${name}-keda`;
    this.login = new TriggerAuthentication(this, 'login', {
      metadata: { name: this.#name, labels: commonLabels(name, 'scaler') },
      spec: {
        secretTargetRef: [
          { parameter: 'userName', name: credentials.name, key: 'username' },
          { parameter: 'password', name: credentials.name, key: 'password' },
        ],
      },
    });
    if (database.server !== undefined) {
      this.network = new WorkloadNetworkPolicy(this, 'network', {
        name: this.#name,
        workload: name,
        ingress: [
          {
            peer: podsOfNamespace(EventPlatform.of(this).operatorNamespaces.keda),
            ports: [database.port],
          },
        ],
      });
    }
  }

  /** A trigger that wakes an app, and adds pods for many rows. */
  public triggerOf(appId: string): LagTrigger {
    const { host, port, database, sslMode, authority } = this.#database;
    return {
      type: 'postgresql',
      metadata: {
        host,
        port: String(port),
        dbName: database,
        sslmode: authority === undefined ? sslMode : 'require',
        query: dueWorkQuery(appId),
        targetQueryValue: String(ROWS_OF_A_POD),
        activationTargetQueryValue: '0',
      },
      authenticationRef: { name: this.#name },
    };
  }
}
