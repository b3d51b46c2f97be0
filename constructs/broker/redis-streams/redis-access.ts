import { Construct } from 'constructs';
import { assignLayer, Layer } from '../../platform/layers.ts';
import { commonLabels } from '../../core/names.ts';
import type { IEventApp } from '../../messaging/event-app.ts';
import { TriggerAuthentication } from '../../imports/keda.sh.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import { BrokerAccounts } from '../parts/broker-accounts.ts';
import type { GroupStart, StartPosition } from '../../messaging/topic-policies.ts';
import type { AccountRights } from './redis-provisioning.ts';
import { appRights, EXPORTER_RIGHTS, scalerRights, TOOLBOX_RIGHTS } from './redis-rights.ts';
import type { ServerAccounts } from './redis-servers.ts';

/** Properties of {@link RedisAccess}. */
export interface RedisAccessProps {
  /** Name of the servers. */
  readonly name: string;
  /** Whether clients log in. */
  readonly authentication: boolean;
  /** `host:port` of the client Service. */
  readonly address: string;
}

interface AppStreams {
  readonly app: IEventApp;
  readonly publishes: Set<string>;
  /** Topics, and where the app's group starts in each. */
  readonly receives: Map<string, StartPosition>;
}

/** Who may do what, and the accounts for it. */
export class RedisAccess extends Construct {
  /** Whether clients log in. */
  public readonly authentication: boolean;
  /** Accounts of the servers themselves; undefined where nobody has to log in. */
  public readonly servers: ServerAccounts | undefined;
  /** Name of the TriggerAuthentication that logs KEDA in, if it has to. */
  public readonly scaler: string | undefined;
  readonly #accounts: BrokerAccounts;
  readonly #exporter: string;
  readonly #apps = new Map<string, AppStreams>();
  readonly #toolboxes = new Set<string>();
  /** The generated TriggerAuthentication of KEDA; undefined without accounts. */
  public readonly scalerAuthentication: TriggerAuthentication | undefined;

  public constructor(scope: Construct, id: string, props: RedisAccessProps) {
    super(scope, id);
    const { name, authentication, address } = props;
    assignLayer(this, Layer.SCALING_AND_ALERTS);
    this.authentication = authentication;
    this.#accounts = new BrokerAccounts(this, `redis://\${username}:\${password}@${address}`);
    this.#exporter = `${name}-exporter`;
    if (!authentication) {
      return;
    }
    this.servers = {
      admin: this.#accounts.of(`${name}-admin`),
      exporter: this.#accounts.of(this.#exporter),
    };
    const keda = this.#accounts.of('keda');
    this.scaler = `${name}-keda`;
    this.scalerAuthentication = new TriggerAuthentication(this, 'keda', {
      metadata: { name: this.scaler, labels: commonLabels(name, 'scaler') },
      spec: {
        secretTargetRef: ['username', 'password'].map((key) => ({
          parameter: key,
          name: keda.name,
          key,
        })),
      },
    });
  }

  /** Names of the apps that connect. */
  public get apps(): readonly string[] {
    return [...this.#apps.keys()];
  }

  /** Every group of every stream, and where it starts. */
  public get groups(): readonly GroupStart[] {
    return this.#sorted().flatMap(({ app, receives }) =>
      [...receives.keys()]
        .sort()
        .map((topic) => ({ topic, group: app.appId, start: receives.get(topic)! })),
    );
  }

  /** Lets an app add to a stream. */
  public grantPublish(topic: string, app: IEventApp): void {
    this.#of(app).publishes.add(topic);
  }

  /** Lets an app receive a stream as a group of its name. */
  public grantSubscribe(
    topic: string,
    app: IEventApp,
    startFrom: StartPosition = 'beginning',
  ): void {
    this.#of(app).receives.set(topic, startFrom);
  }

  /** The account of who looks into streams; undefined where nobody has to log in. */
  public grantToolbox(account: string): SecretReference | undefined {
    if (!this.authentication) {
      return undefined;
    }
    this.#toolboxes.add(account);
    return this.#accounts.of(account);
  }

  /** All accounts but the administrator's, with their rights. */
  public rights(): readonly AccountRights[] {
    const streams = [...new Set(this.groups.map(({ topic }) => topic))].sort();
    const of = (username: string, rights: string): AccountRights => ({
      account: this.#accounts.of(username),
      username,
      rights,
    });
    return [
      ...this.#sorted().map(({ app, publishes, receives }) =>
        of(
          app.appId,
          appRights({ publishes: [...publishes].sort(), receives: [...receives.keys()].sort() }),
        ),
      ),
      of('keda', scalerRights(streams)),
      of(this.#exporter, EXPORTER_RIGHTS),
      ...[...this.#toolboxes].sort().map((account) => of(account, TOOLBOX_RIGHTS)),
    ];
  }

  #sorted(): AppStreams[] {
    return [...this.#apps.values()].sort((a, b) => (a.app.appId < b.app.appId ? -1 : 1));
  }

  #of(app: IEventApp): AppStreams {
    const known = this.#apps.get(app.appId);
    if (known !== undefined) {
      return known;
    }
    const streams = {
      app,
      publishes: new Set<string>(),
      receives: new Map<string, StartPosition>(),
    };
    this.#apps.set(app.appId, streams);
    if (this.authentication) {
      this.#accounts.ofApp(app);
    }
    return streams;
  }
}
