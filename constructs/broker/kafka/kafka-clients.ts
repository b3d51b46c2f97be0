import type { InspectionRights, KafkaInspectorLogin } from '../kafka-protocol/kafka-inspection.ts';
import { Construct } from 'constructs';
import { assignLayer, Layer } from '../../platform/layers.ts';
import { commonLabels } from '../../core/names.ts';
import type { IEventApp } from '../../messaging/event-app.ts';
import { TriggerAuthentication } from '../../imports/keda.sh.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import { BrokerAccounts } from '../parts/broker-accounts.ts';
import type { LagTrigger } from '../../messaging/message-broker.ts';
import type { AdmittedClient } from '../kafka-protocol/admitted-clients.ts';
import { KafkaAccess } from '../kafka-protocol/kafka-access.ts';
import { type KafkaCertificates, TRUST_STORE } from './kafka-certificates.ts';
import type { KafkaExporterLogin } from './kafka-exporter.ts';
import type { KafkaConnection } from '../kafka-protocol/kafka-broker.ts';
import { SASL_MECHANISMS } from '../kafka-protocol/kafka-login.ts';
import { ANONYMOUS, KEDA_USER, scramLogin, SCALER_LOGIN } from '../kafka-protocol/scram-login.ts';

/** Properties of {@link KafkaClients}. */
export interface KafkaClientsProps {
  /** Name of the cluster. */
  readonly name: string;
  /** `host:port` that clients bootstrap from. */
  readonly bootstrapServers: string;
  /** Certificates of the cluster; undefined where nobody is asked who they are. */
  readonly certificates: KafkaCertificates | undefined;
}

/** Who connects to a cluster, as whom and with which rights. */
export class KafkaClients extends Construct {
  /** Users and their rights; nobody where nobody is asked who they are. */
  public readonly access = new KafkaAccess();
  /** Where the users' passwords are. */
  public readonly accounts: BrokerAccounts;
  readonly #workloads = new Set<string>();
  readonly #certificates: KafkaCertificates | undefined;
  readonly #scalerLogin: LagTrigger['authenticationRef'];
  /** The generated TriggerAuthentication of KEDA; undefined without accounts. */
  public readonly scalerAuthentication: TriggerAuthentication | undefined;

  public constructor(scope: Construct, id: string, props: KafkaClientsProps) {
    super(scope, id);
    assignLayer(this, Layer.SCALING_AND_ALERTS);
    this.accounts = new BrokerAccounts(this, `kafka://${props.bootstrapServers}`);
    this.#certificates = props.certificates;
    if (props.certificates !== undefined) {
      const account = this.accounts.of(KEDA_USER);
      this.access.observe(KEDA_USER);
      this.#scalerLogin = { name: `${props.name}-keda` };
      this.scalerAuthentication = new TriggerAuthentication(this, 'scaler-login', {
        metadata: { ...this.#scalerLogin, labels: commonLabels(props.name, 'scaler') },
        spec: {
          secretTargetRef: [
            { parameter: 'username', name: account.name, key: 'username' },
            { parameter: 'password', name: account.name, key: 'password' },
            { parameter: 'ca', name: props.certificates.serverSecret, key: TRUST_STORE },
          ],
        },
      });
    }
  }

  /** Workloads that connect. */
  public get workloads(): readonly string[] {
    return [...this.#workloads];
  }

  /** Lets an app publish to a topic. */
  public publisher(app: IEventApp, topic: string): void {
    if (this.#admit(app)) {
      this.access.publish(app.appId, topic);
    }
  }

  /** Lets an app receive a topic. */
  public receiver(app: IEventApp, topic: string): void {
    if (this.#admit(app)) {
      this.access.receive(app.appId, topic);
    }
  }

  /** Gives a client in another namespace its rights; its account, where clients log in. */
  public outsider({
    name,
    publishes,
    receives,
    group,
  }: AdmittedClient): SecretReference | undefined {
    if (this.#certificates === undefined) {
      return undefined;
    }
    publishes.forEach((topic) => this.access.publish(name, topic));
    receives.forEach((topic) => this.access.receive(name, topic, group));
    return this.accounts.of(name);
  }

  /** Lets a workload see topics and offsets; how it logs in. */
  public observer(workload: string): KafkaExporterLogin | undefined {
    this.admit(workload);
    if (this.#certificates === undefined) {
      return undefined;
    }
    this.access.observe(workload);
    return {
      account: this.accounts.of(workload),
      authority: { secret: this.#certificates.serverSecret, key: TRUST_STORE },
    };
  }

  /** Lets a workload look at the whole cluster. */
  public inspector(workload: string, rights: InspectionRights): KafkaInspectorLogin {
    const login = this.observer(workload);
    if (login === undefined) {
      return { tls: false, leak: 'the broker accepts anonymous clients' };
    }
    this.access.inspect(workload, rights);
    return { tls: true, sasl: SASL_MECHANISMS.scramSha512, ...login };
  }

  /** Lets a workload connect. */
  public admit(workload: string): void {
    this.#workloads.add(workload);
  }

  /** How sidecars log in, each with the account of its app, and how KEDA does. */
  public get connection(): Omit<KafkaConnection, 'compression'> {
    return this.#certificates === undefined
      ? { component: ANONYMOUS }
      : {
          component: scramLogin({ secret: this.#certificates.serverSecret, key: TRUST_STORE }),
          scaler: SCALER_LOGIN,
          scalerAuthentication: this.#scalerLogin,
        };
  }

  /** Whether the app has rights of its own. */
  #admit(app: IEventApp): boolean {
    this.admit(app.appId);
    if (this.#certificates !== undefined) {
      this.accounts.ofApp(app);
    }
    return this.#certificates !== undefined;
  }
}
