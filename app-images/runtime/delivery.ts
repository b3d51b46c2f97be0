import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import { type EventContract, eventRoute } from '../../constructs/contracts/index.ts';
import { type CloudEvent, InvalidEventError, parseCloudEvent } from './cloud-event.ts';
import type { Consumer, Handler } from './consumer.ts';
import { classifyFailure, describeFailure } from './failure.ts';
import { type Outcome, processOnce } from './inbox.ts';
import { schemaCheck, type SchemaCheck } from './schema-check.ts';

/** The last wait between tries while the database is unavailable, in milliseconds. */
const LONGEST_WAIT = 2_000;
const MAX_CONFLICTS = 8;

/** One subscribed type: what its route checks and calls. */
interface Route {
  readonly contract: EventContract;
  readonly check: SchemaCheck;
  readonly handler: Handler;
}

/** Takes deliveries of one consumer from the body to the committed effect. */
export class Deliveries {
  readonly #routes: ReadonlyMap<string, Route>;

  public constructor(
    private readonly consumer: Consumer,
    private readonly pool: pg.Pool,
    private readonly log: Logger,
  ) {
    this.#routes = new Map(
      (consumer.manifest.subscribes ?? []).map((contract) => [
        eventRoute(contract),
        {
          contract,
          check: schemaCheck(contract),
          handler: consumer.handlers.get(contract.type)!,
        },
      ]),
    );
  }

  /** The type of event that is delivered to a path; undefined when none is. */
  public typeOf(path: string): string | undefined {
    return this.#routes.get(path)?.contract.type;
  }

  /**
   * Processes one delivery. Returns only when the effect is committed, now or earlier.
   *
   * @param path one that {@link typeOf} knows.
   * @param hangUp aborts when the sidecar no longer waits for an answer.
   * @throws InvalidEventError when the event can never succeed, else what the handler threw.
   */
  public async process(path: string, body: Uint8Array, hangUp: AbortSignal): Promise<Outcome> {
    const { contract, check, handler } = this.#routes.get(path)!;
    const event = parseCloudEvent(body);
    if (event.type !== contract.type) {
      throw new InvalidEventError(`type is not the ${contract.type} of this route`);
    }
    const reasons = check(event.data);
    if (reasons.length > 0) {
      throw new InvalidEventError(reasons.join('; '));
    }
    let conflicts = 0;
    for (let attempt = 0; ; attempt++) {
      try {
        return await processOnce(this.pool, this.consumer.manifest.appId, event, (tx) =>
          handler.handle(tx, event as CloudEvent<never>),
        );
      } catch (error) {
        const failure = classifyFailure(error);
        const reason = describeFailure(error);
        if (failure === 'unavailable') {
          this.log.warn({ type: event.type, id: event.id, attempt, reason }, 'delivery held');
          await sleep(Math.min(LONGEST_WAIT, 100 * 2 ** Math.min(attempt, 10)), undefined, {
            signal: hangUp,
          });
        } else if (failure === 'conflict' && conflicts < MAX_CONFLICTS) {
          conflicts++;
          await sleep(Math.random() * 20 * conflicts, undefined, { signal: hangUp });
        } else if (failure === 'invalid' && !(error instanceof InvalidEventError)) {
          throw new InvalidEventError(`the database refuses it: ${reason}`, { cause: error });
        } else {
          throw error;
        }
      }
    }
  }
}
