import type { IEventApp } from '../../messaging/event-app.ts';

/** What one client of a Kafka does. */
export interface KafkaGrant {
  /** App id. */
  readonly client: string;
  /** The ServiceAccount that its pods run as. */
  readonly serviceAccount: string;
  /** Topics that it publishes to. */
  readonly publishes: readonly string[];
  /** Topics that it receives. */
  readonly receives: readonly string[];
  /** Its consumer group, used when it receives any. */
  readonly group: string;
}

interface ClientGrants {
  readonly serviceAccount: string;
  readonly publishes: Set<string>;
  readonly receives: Set<string>;
}

/** Who does what on a Kafka that somebody else runs. */
export class ExternalGrants {
  readonly #grants = new Map<string, ClientGrants>();

  /** What an app does, to add to. */
  public of({ appId, serviceAccountName }: IEventApp): ClientGrants {
    const grants = this.#grants.get(appId) ?? {
      serviceAccount: serviceAccountName,
      publishes: new Set(),
      receives: new Set(),
    };
    this.#grants.set(appId, grants);
    return grants;
  }

  /** What each client does, by its name. */
  public all(groupOf: (client: string) => string): readonly KafkaGrant[] {
    return [...this.#grants]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([client, { serviceAccount, publishes, receives }]) => ({
        client,
        serviceAccount,
        publishes: [...publishes].sort(),
        receives: [...receives].sort(),
        group: groupOf(client),
      }));
  }
}
