import type pg from 'pg';
import type { AppManifest, SagaContract, TimeSpan } from '@cdk8s-event-platform/contracts';
import {
  ASK_SAGA_FUNCTION,
  SAGA_COMMANDS_FUNCTION,
  SAGAS_TABLE,
} from '@cdk8s-event-platform/contracts/interface';
import { secondsOf } from '@cdk8s-event-platform/contracts/internal';
import type { EventPublisher } from '../outbox/event-publisher.ts';
import type { SagaAction, SagaReason, SagaStatus } from '../sagas/saga-state.ts';
import type { SagaRunner } from '../sagas/saga-runner.ts';
import { SagaWorker } from '../sagas/saga-worker.ts';
import { silentLogger } from '../telemetry/logging.ts';

/** A saga in a test. */
export interface SagaInTest {
  readonly status: SagaStatus;
  /** Name of the step that it is at. */
  readonly step: string;
  /** Commands that it has sent, in their order, with the outcomes of their answers. */
  readonly commands: readonly {
    readonly step: string;
    readonly action: SagaAction;
    readonly attempt: number;
    /** @default - it was not answered */
    readonly outcome?: string;
  }[];
  /** Why it is undone. @default - it is not */
  readonly cancelledBy?: SagaReason;
  /** Why it is stuck. @default - it is not */
  readonly stuckBy?: SagaReason;
  /** Why the app fails at it. @default - it does not */
  readonly error?: string;
  /** Why it does not do what somebody has asked for. @default - it does */
  readonly refused?: string;
}

/** What {@link SagasUnderTest} needs of the app. */
export interface SagasUnderTestOptions {
  readonly manifest: AppManifest;
  readonly sagas: SagaRunner | undefined;
  /** Sees all rows. */
  readonly owner: pg.Pool;
  readonly pool: pg.Pool;
  readonly publisher: EventPublisher;
  /** Answers the commands that are out. @returns how many. */
  readonly answer: () => Promise<number>;
  /** Runs something in the app. */
  readonly inApp: <Result>(run: () => Promise<Result>) => Promise<Result>;
}

interface Row {
  readonly status: SagaStatus;
  readonly step: string;
  readonly state: { readonly cancelledBy?: SagaReason; readonly stuckBy?: SagaReason };
  readonly error: string | null;
  readonly refused: string | null;
}

interface CommandRow {
  readonly step: string;
  readonly action: SagaAction;
  readonly attempt: number;
  readonly outcome: string | null;
}

/** The sagas of an app in a test, with a clock of their own, which stands still but for `advance`. */
export class SagasUnderTest {
  #now = Date.now();
  readonly #worker: SagaWorker | undefined;

  public constructor(private readonly options: SagasUnderTestOptions) {
    const { manifest, sagas, pool, publisher } = options;
    this.#worker =
      sagas &&
      new SagaWorker({
        ...{ appId: manifest.appId, sagas, pool, publisher, log: silentLogger },
      });
  }

  /** Milliseconds since 1970. @internal */
  public get now(): number {
    return this.#now;
  }

  /** Answers commands as `answer` of the app says, and does what is due, until nothing is left. */
  public async settle(): Promise<void> {
    while ((await this.options.answer()) + (await this.#round()) > 0);
  }

  /** Lets time pass, with the timeouts in it. */
  public async advance(span: TimeSpan): Promise<void> {
    const end = this.#now + secondsOf(span) * 1000;
    await this.settle();
    for (let due = await this.#nextDue(end); due !== undefined; due = await this.#nextDue(end)) {
      this.#now = due;
      await this.settle();
    }
    this.#now = end;
    await this.settle();
  }

  /** A saga; undefined without one. */
  public async find(saga: SagaContract, id: string): Promise<SagaInTest | undefined> {
    const { owner, manifest } = this.options;
    const key = [manifest.appId, saga.name, id];
    const { rows } = await owner.query<Row>(
      `SELECT status, step, state, error, refused FROM ${SAGAS_TABLE} WHERE app = $1 AND saga = $2 AND id = $3`,
      key,
    );
    const [row] = rows;
    if (row === undefined) {
      return undefined;
    }
    const commands = await owner.query<CommandRow>(
      `SELECT step, action, attempt, outcome FROM ${SAGA_COMMANDS_FUNCTION}($1, $2, $3)`,
      key,
    );
    const { status, step, state, error, refused } = row;
    const { cancelledBy, stuckBy } = state;
    return {
      ...{ status, step },
      commands: commands.rows.map(({ outcome, ...command }) => ({
        ...command,
        ...(outcome !== null && { outcome }),
      })),
      ...(cancelledBy && { cancelledBy }),
      ...(stuckBy && { stuckBy }),
      ...(error !== null && { error }),
      ...(refused !== null && { refused }),
    };
  }

  /** Cancels a saga, as `event-platform sagas cancel` does. */
  public async cancel(saga: SagaContract, id: string): Promise<void> {
    await this.#ask(saga, id, 'cancel');
  }

  /** Retries a saga that is stuck or overdue, as `event-platform sagas retry` does. */
  public async retry(saga: SagaContract, id: string): Promise<void> {
    await this.#ask(saga, id, 'retry');
  }

  async #ask({ name }: SagaContract, id: string, what: 'cancel' | 'retry'): Promise<void> {
    const { owner, manifest } = this.options;
    await owner.query(`SELECT ${ASK_SAGA_FUNCTION}($1, $2, $3, $4)`, [
      ...[manifest.appId, name, id, what],
    ]);
    await this.settle();
  }

  async #round(): Promise<number> {
    return this.options.inApp(async () => (await this.#worker?.round()) ?? 0);
  }

  async #nextDue(end: number): Promise<number | undefined> {
    const { rows } = await this.options.owner.query<{ due: Date | null }>(
      `SELECT min(due_at) AS due FROM ${SAGAS_TABLE} WHERE app = $1 AND due_at <= $2`,
      [this.options.manifest.appId, new Date(end)],
    );
    return rows[0]?.due?.getTime();
  }
}
