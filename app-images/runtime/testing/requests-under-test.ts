import type pg from 'pg';
import type { AppManifest, EventContract, ReplyData } from '@cdk8s-event-platform/contracts';
import { OUTBOX_TABLE } from '@cdk8s-event-platform/contracts/interface';
import type { CloudEvent } from '../events/cloud-event.ts';
import type { EventPublisher } from '../outbox/event-publisher.ts';
import { RequestSender } from '../requests/request-sender.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';

/** Answers a command, in place of the app that handles it; with undefined, it is not answered. */
export type Answering = (command: CloudEvent) => unknown;

/** Delivers the answer to a command. */
type DeliverReply = (contract: EventContract, data: ReplyData) => Promise<unknown>;

/** The commands of an app under test, which are answered in this process. */
export class RequestsUnderTest {
  public readonly sender: RequestSender | undefined;
  readonly #answering = new Map<string, { contract: EventContract; answer: Answering }>();
  readonly #answered = new Set<string>();

  /** @param owner sees all outboxes. */
  public constructor(
    private readonly manifest: AppManifest,
    private readonly owner: pg.Pool,
    options: { readonly pool: pg.Pool; readonly publisher: EventPublisher },
    private readonly deliver: DeliverReply,
  ) {
    this.sender =
      (manifest.requests ?? []).length === 0
        ? undefined
        : new RequestSender({
            ...{ manifest, ...options, metrics: new RuntimeMetrics() },
            committed: () => void this.answerAll(),
          });
  }

  /** Answers commands of a contract from now on. */
  public answer(contract: EventContract, answer: Answering): void {
    this.#answering.set(contract.type, { contract, answer });
  }

  /** Answers the commands that are in the outbox. @returns how many. */
  public async answerAll(): Promise<number> {
    let count = 0;
    const { rows } = await this.owner.query<{ event: string }>(
      `SELECT event FROM ${OUTBOX_TABLE} WHERE producer = $1 AND event_type = ANY ($2) ORDER BY position`,
      [this.manifest.appId, [...this.#answering.keys()]],
    );
    const commands = rows.map(({ event }) => JSON.parse(event) as CloudEvent);
    for (const command of commands.filter(({ id }) => !this.#answered.has(id))) {
      this.#answered.add(command.id);
      const { contract, answer } = this.#answering.get(command.type)!;
      const reply: unknown = await answer(command);
      if (reply !== undefined && command.replyto !== undefined) {
        count++;
        await this.deliver(contract.reply!, {
          ...{ request_id: command.id, reply_to: command.replyto, reply },
        });
      }
    }
    this.sender?.wake();
    return count;
  }
}
