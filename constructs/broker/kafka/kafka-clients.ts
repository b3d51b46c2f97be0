import { Construct } from 'constructs';
import { assignLayer, Layer } from '../../platform/layers.ts';
import { commonLabels } from '../../core/names.ts';
import {
  type ComponentMetadata,
  setting,
  settingFromEnv,
  settingFromSecret,
} from '../../messaging/component-metadata.ts';
import type { IDaprApp } from '../../messaging/event-app.ts';
import { TriggerAuthentication } from '../../imports/keda.sh.ts';
import { ACCOUNT_ENV, BrokerAccounts } from '../parts/broker-accounts.ts';
import type { KafkaLagTriggerOptions } from '../kafka-protocol/kafka-lag-trigger.ts';
import type { LagTrigger } from '../../messaging/message-broker.ts';
import { type InspectionRights, KafkaAccess } from './kafka-access.ts';
import { type KafkaCertificates, TRUST_STORE } from './kafka-certificates.ts';
import type { KafkaExporterLogin } from './kafka-exporter.ts';

/** User that KEDA logs in as; it only looks at offsets. */
const KEDA_USER = 'keda';

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

  public constructor(scope: Construct, id: string, props: KafkaClientsProps) {
    super(scope, id);
    assignLayer(this, Layer.SCALING_AND_ALERTS);
    this.accounts = new BrokerAccounts(this, `kafka://${props.bootstrapServers}`);
    this.#certificates = props.certificates;
    if (props.certificates !== undefined) {
      const account = this.accounts.of(KEDA_USER);
      this.access.observe(KEDA_USER);
      this.#scalerLogin = { name: `${props.name}-keda` };
      new TriggerAuthentication(this, 'scaler-login', {
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
  public publisher(app: IDaprApp, topic: string): void {
    if (this.#admit(app)) {
      this.access.publish(app.appId, topic);
    }
  }

  /** Lets an app receive a topic. */
  public receiver(app: IDaprApp, topic: string): void {
    if (this.#admit(app)) {
      this.access.receive(app.appId, topic);
    }
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

  /** Lets a workload look at the whole cluster; how it logs in. */
  public inspector(workload: string, rights: InspectionRights): KafkaExporterLogin | undefined {
    const login = this.observer(workload);
    if (login !== undefined) {
      this.access.inspect(workload, rights);
    }
    return login;
  }

  /** Lets a workload connect. */
  public admit(workload: string): void {
    this.#workloads.add(workload);
  }

  /** How sidecars log in: each with the account of its app. */
  public get componentLogin(): ComponentMetadata[] {
    return this.#certificates === undefined
      ? [setting('authType', 'none')]
      : [
          setting('authType', 'password'),
          settingFromEnv('saslUsername', ACCOUNT_ENV.username),
          settingFromEnv('saslPassword', ACCOUNT_ENV.password),
          // Of any other spelling Dapr would make PLAIN.
          setting('saslMechanism', 'SHA-512'),
          settingFromSecret('caCert', this.#certificates.serverSecret, TRUST_STORE),
        ];
  }

  /** How KEDA logs in, where clients have to. */
  public get scalerLogin(): Pick<KafkaLagTriggerOptions, 'login' | 'authentication'> {
    return this.#scalerLogin === undefined
      ? {}
      : { login: { sasl: 'scram_sha512', tls: 'enable' }, authentication: this.#scalerLogin };
  }

  /** Whether the app has rights of its own. */
  #admit(app: IDaprApp): boolean {
    this.admit(app.appId);
    if (this.#certificates !== undefined) {
      this.accounts.ofApp(app);
    }
    return this.#certificates !== undefined;
  }
}
