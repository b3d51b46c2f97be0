import type { IConstruct } from 'constructs';
import { EventPlatform } from '../../platform/event-platform.ts';
import type { IEventApp } from '../../messaging/event-app.ts';
import { type SecretReference, SecretValue } from '../../security/secret-reference.ts';
import { ACCOUNT_ENV } from '../parts/broker-accounts.ts';
import type { KafkaLogin } from '../kafka-protocol/kafka-login.ts';

/**
 * Accounts on a Kafka that somebody else runs. Names and passwords are known to its owner only;
 * Secrets and their keys are called as those of any broker, so that exchanging it touches no app.
 */
export class ExternalAccounts {
  readonly #accounts = new Map<string, SecretReference>();
  readonly #clients = new Set<string>();
  readonly #scope: IConstruct;
  readonly #login: KafkaLogin;
  readonly #url: string;

  public constructor(scope: IConstruct, login: KafkaLogin, url: string) {
    this.#scope = scope;
    this.#login = login;
    this.#url = url;
  }

  /** Names of the clients that log in, by name. */
  public get clients(): readonly string[] {
    return [...this.#clients].sort();
  }

  /** The account of a client that reads the Secret itself. */
  public of(client: string): SecretReference {
    this.#clients.add(client);
    const { sharedSecret, username, ofClient } = this.#login;
    const name = sharedSecret ?? `${client}-broker`;
    const known = this.#accounts.get(name);
    if (known !== undefined) {
      return known;
    }
    const from = ofClient?.(sharedSecret === undefined ? client : 'every client');
    const account = {
      name,
      keys: {
        username:
          username === undefined
            ? SecretValue.external(from?.username ?? 'user')
            : SecretValue.literal(username),
        password: SecretValue.external(from?.password ?? 'password'),
        url: SecretValue.literal(this.#url),
      },
    };
    this.#accounts.set(name, account);
    EventPlatform.of(this.#scope).addSecret(account);
    return account;
  }

  /** The account of an app; its sidecar has one of its own in {@link ACCOUNT_ENV}. */
  public ofApp(app: IEventApp): void {
    const account = this.of(app.appId);
    if (this.#login.sharedSecret === undefined) {
      for (const [key, variable] of Object.entries(ACCOUNT_ENV)) {
        app.addSidecarSecret(variable, account, key);
      }
    }
  }
}
