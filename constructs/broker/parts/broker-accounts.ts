import { EventPlatform } from '../../platform/event-platform.ts';
import type { IConstruct } from 'constructs';
import type { IEventApp } from '../../messaging/event-app.ts';
import { type SecretReference, SecretValue } from '../../security/secret-reference.ts';

/** Environment variables in which a sidecar has the account of its app. */
export const ACCOUNT_ENV = {
  username: 'BROKER_USERNAME',
  password: 'BROKER_PASSWORD',
  url: 'BROKER_URL',
} as const;

/**
 * Accounts on a broker, one for each client: a Secret `<client>-broker` with the keys `username`,
 * `password` and `url`. Name and keys are the same whatever the broker is, so that exchanging it
 * touches no app.
 */
export class BrokerAccounts {
  readonly #accounts = new Map<string, SecretReference>();
  readonly #scope: IConstruct;
  readonly #url: string;

  /**
   * @param scope a construct of the platform.
   * @param url what `url` is made from: the address of the broker, with `${username}` and
   * `${password}` where its protocol has them in the address.
   */
  public constructor(scope: IConstruct, url: string) {
    this.#scope = scope;
    this.#url = url;
  }

  /** The accounts, by the name of the client. */
  public get all(): readonly SecretReference[] {
    return [...this.#accounts.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The account of a client that reads the Secret itself. */
  public of(client: string): SecretReference {
    const known = this.#accounts.get(client);
    if (known !== undefined) {
      return known;
    }
    const account = {
      name: `${client}-broker`,
      keys: {
        username: SecretValue.literal(client),
        password: SecretValue.random(),
        url: SecretValue.template(this.#url),
      },
    };
    this.#accounts.set(client, account);
    EventPlatform.of(this.#scope).addSecret(account);
    return account;
  }

  /** The account of an app, which its sidecar has in {@link ACCOUNT_ENV}. */
  public ofApp(app: IEventApp): SecretReference {
    const account = this.of(app.appId);
    for (const [key, variable] of Object.entries(ACCOUNT_ENV)) {
      app.addSidecarSecret(variable, account, key);
    }
    return account;
  }
}
