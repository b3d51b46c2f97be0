import type { EventContract } from '@cdk8s-event-platform/contracts';
import type { Transaction } from '../database/database.ts';
import { onPlatformTables } from '../database/platform-tables.ts';
import type { EventPublishing, EventToPublish } from '../outbox/event-publisher.ts';
import type { AnsweredCommand, SagaKey, SagaStore, SavedSaga, SentCommand } from './saga-store.ts';

type Publication = EventToPublish<EventContract>;

/** What a transaction writes about sagas: a few statements, however many sagas it is about. */
export class SagaWrites {
  readonly #saved = new Map<string, SavedSaga>();
  readonly #sent: SentCommand[] = [];
  readonly #answered: AnsweredCommand[] = [];
  readonly #published = new Map<EventContract, Publication[]>();

  public constructor(private readonly store: SagaStore) {}

  /** Notes where a saga is. The last note counts. */
  public save(saved: SavedSaga): void {
    this.#saved.set(keyOf(saved), saved);
  }

  /** Notes the first answer to a command. */
  public answered(answer: AnsweredCommand): void {
    this.#answered.push(answer);
  }

  /** Notes and publishes a command. */
  public send(command: SentCommand, contract: EventContract, publication: Publication): void {
    this.#sent.push(command);
    this.#published.set(contract, [...(this.#published.get(contract) ?? []), publication]);
  }

  /** Writes everything. */
  public async flush(tx: Transaction & EventPublishing): Promise<void> {
    await onPlatformTables(async () => {
      await this.store.save(tx, [...this.#saved.values()]);
      await this.store.answered(tx, this.#answered);
      await this.store.sent(tx, this.#sent);
    });
    for (const [contract, publications] of this.#published) {
      await tx.publishAll(contract, publications);
    }
  }
}

/** What tells a saga from others of its app. */
export function keyOf({ saga, id }: SagaKey): string {
  return JSON.stringify([saga, id]);
}
