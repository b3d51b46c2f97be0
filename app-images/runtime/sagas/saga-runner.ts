import { createHash } from 'node:crypto';
import type {
  AppManifest,
  EventContract,
  ReplyData,
  SagaContract,
} from '@cdk8s-event-platform/contracts';
import { majorOf } from '@cdk8s-event-platform/contracts/interface';
import { OUTCOME, withCode } from '@cdk8s-event-platform/contracts/internal';
import type { Transaction } from '../database/database.ts';
import { onPlatformTables } from '../database/platform-tables.ts';
import { causedBy, type EventTransaction } from '../delivery/event-transaction.ts';
import type { Handler } from '../delivery/handler.ts';
import { HandlerError } from '../errors/failure.ts';
import type { Cause } from '../events/causation.ts';
import type { CloudEvent } from '../events/cloud-event.ts';
import { type EventPublishing, PUBLISH_CONTEXT } from '../outbox/event-publisher.ts';
import { appScope } from '../process/app-scope.ts';
import { inTrace } from '../telemetry/current-trace.ts';
import { begin, decide } from './decide.ts';
import type { Orchestration } from './orchestrate.ts';
import type { SagaStarter, SagaToStart } from './saga-starter.ts';
import { ENDED, type SagaDecision, type SagaEvent, type SagaSend } from './saga-state.ts';
import { type SagaCommandRow, type SagaKey, type SagaRow, SagaStore } from './saga-store.ts';
import { keyOf, SagaWrites } from './saga-writes.ts';

/** The id of a command: the same however often it is sent. */
function commandId(app: string, { saga, id }: SagaKey, send: SagaSend): string {
  const parts = [app, saga, id, send.step, send.action, send.attempt];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** Name of a saga in all its minor versions, e.g. `place-order@1`. */
export function sagaName({ name, version }: Orchestration['saga']): string {
  return `${name}@${majorOf(version)}`;
}

/** Runs the sagas of an app: each moves on in the transaction of what happens to it. */
export class SagaRunner implements SagaStarter {
  readonly #byName: ReadonlyMap<string, Orchestration>;
  public readonly store: SagaStore;
  /** Names of the sagas, each once for all versions. */
  public readonly names: readonly string[];

  public constructor(
    private readonly manifest: AppManifest,
    private readonly orchestrations: readonly Orchestration[],
  ) {
    this.store = new SagaStore(manifest.appId);
    this.#byName = new Map(orchestrations.map((each) => [sagaName(each.saga), each]));
    this.names = [...new Set(orchestrations.map(({ saga }) => saga.name))];
  }

  /** Handlers of the answers to the commands of all sagas. */
  public handlers(): Handler[] {
    const replies = new Set(
      this.orchestrations.flatMap(({ saga }) =>
        saga.steps.flatMap(({ request, undo }) => [
          request.reply!,
          ...(undo === undefined || undo === 'nothing' ? [] : [undo.reply!]),
        ]),
      ),
    );
    return [...replies].map((contract) => ({
      contract,
      handle: (tx, events) => this.#answered(tx, events as readonly CloudEvent<ReplyData>[]),
    }));
  }

  /** @see Orchestration.start */
  public async start(
    tx: Transaction & EventPublishing,
    { saga }: Pick<Orchestration, 'saga'>,
    { id, data }: SagaToStart,
  ): Promise<boolean> {
    const orchestration = this.#byName.get(sagaName(saga));
    if (orchestration?.saga !== saga) {
      throw new Error(
        `${this.manifest.appId} does not run the saga '${sagaName(saga)}': add what orchestrate returns to 'on'`,
      );
    }
    const { cause, replayed } = tx[PUBLISH_CONTEXT] ?? {};
    if (cause !== undefined && replayed?.has(cause) === true) {
      // In an earlier run through the log, which it may have been forgotten since.
      return false;
    }
    const { now, metrics } = appScope();
    const startedAt = now();
    const decision = begin(saga, startedAt);
    const row: SagaRow = {
      ...{ saga: saga.name, id, version: majorOf(saga.version), data, state: decision.state },
      ...{ asked: null, correlationid: cause?.correlationid ?? cause?.id ?? id },
      ...{ traceparent: cause?.traceparent ?? null, started_at: new Date(startedAt) },
    };
    const isNew = await onPlatformTables(() =>
      this.store.add(
        tx,
        { ...row, traceparent: cause?.traceparent },
        saga.steps[decision.state.step]!.name,
      ),
    );
    if (isNew) {
      metrics.sagas.started(saga.name);
      const writes = new SagaWrites(this.store);
      await this.#send(tx, writes, orchestration, row, decision, cause);
      await writes.flush(tx);
    }
    return isNew;
  }

  /** @see Orchestration.cancel */
  public cancel(
    tx: Transaction,
    { saga }: { readonly saga: SagaContract },
    id: string,
  ): Promise<boolean> {
    return onPlatformTables(() => this.store.cancel(tx, { saga: saga.name, id }));
  }

  /** Does what is due, or what an operator has asked for, of a saga that is locked. */
  public async moveOn(tx: EventTransaction, row: SagaRow): Promise<void> {
    const { asked, correlationid, traceparent, state } = row;
    // Another one for each move: what two of them publish are two events.
    const move = [state.path[state.step], state.action, state.attempt].join(':');
    const { source = `/${this.manifest.appId}` } = this.manifest;
    const cause: Cause = {
      ...{ source, id: `saga:${row.saga}:${row.id}:${move}`, correlationid },
      ...(traceparent !== null && { traceparent }),
    };
    const writes = new SagaWrites(this.store);
    const event = { type: asked ?? 'due', at: appScope().now() } as const;
    await inTrace(cause.traceparent, () =>
      this.#happen(causedBy(tx, cause), writes, row, event, cause),
    );
    await writes.flush(tx);
  }

  /** The answers of a delivery, those to other apps aside. */
  async #answered(tx: EventTransaction, events: readonly CloudEvent<ReplyData>[]): Promise<void> {
    const own = events.filter(({ data }) => data.reply_to === this.manifest.appId);
    if (own.length === 0) {
      return;
    }
    const ids = [...new Set(own.map(({ data }) => data.request_id))];
    const locked = await onPlatformTables(() => this.store.lockByCommands(tx, ids));
    const commands = new Map(locked.commands.map((command) => [command.command_id, command]));
    const sagas = new Map(locked.sagas.map((row) => [keyOf(row), row]));
    const writes = new SagaWrites(this.store);
    for (const event of own) {
      const command = commands.get(event.data.request_id);
      if (command === undefined) {
        appScope().metrics.sagas.ignored('', '', 'unknown');
        continue;
      }
      try {
        const row = sagas.get(keyOf(command))!;
        const next = await inTrace(event.traceparent, () =>
          this.#answer(causedBy(tx, event), writes, row, command, event),
        );
        sagas.set(keyOf(row), { ...row, state: next.decision.state });
        commands.set(command.command_id, { ...command, outcome: next.outcome });
      } catch (error) {
        throw new HandlerError(event, error);
      }
    }
    await writes.flush(tx);
  }

  async #answer(
    tx: EventTransaction,
    writes: SagaWrites,
    row: SagaRow,
    command: SagaCommandRow,
    event: CloudEvent<ReplyData>,
  ): Promise<{ readonly decision: SagaDecision; readonly outcome: string }> {
    const { step, action, attempt, outcome: before } = command;
    const { reply } = event.data;
    const outcome = (reply as Readonly<Record<string, string>>)[OUTCOME]!;
    const { now, metrics } = appScope();
    const at = now();
    const decision = await this.#happen(
      tx,
      writes,
      row,
      {
        ...{ type: 'answer', at, step, action, attempt, outcome, reply },
        ...(before !== null && { answeredBefore: before }),
      },
      event,
    );
    if (decision.ignored !== undefined) {
      metrics.sagas.ignored(row.saga, step, decision.ignored);
    }
    if (before === null) {
      writes.answered({ command: command.command_id, outcome, at: new Date(at) });
    }
    return { decision, outcome: before ?? outcome };
  }

  /** Notes what follows from something that happens to a saga, and sends its commands. */
  async #happen(
    tx: EventTransaction,
    writes: SagaWrites,
    row: SagaRow,
    event: SagaEvent,
    cause: Cause,
  ): Promise<SagaDecision> {
    const orchestration = this.#orchestrationOf(row);
    const { saga } = orchestration;
    const decision = decide(saga, row.state, event);
    if (decision.ignored === undefined) {
      const { state, refused } = decision;
      const step = saga.steps[state.step]!.name;
      const wasAsked = event.type === 'cancel' || event.type === 'retry';
      const at = new Date(event.at);
      writes.save({ saga: row.saga, id: row.id, state, step, at, wasAsked, refused });
      await this.#send(tx, writes, orchestration, row, decision, cause);
      if (ENDED.has(state.status) && state.status !== row.state.status) {
        await this.#end(tx, orchestration, row, decision, event.at);
      }
    }
    return decision;
  }

  #orchestrationOf({ saga, id, version, state }: SagaRow): Orchestration {
    const known = this.#byName.get(`${saga}@${version}`);
    if (known === undefined) {
      throw new Error(
        withCode(
          'EP2017',
          `saga '${saga}' ${id} was started in version ${version}, which this image of ${this.manifest.appId} does not have: list it under 'sagas' again, with its code`,
        ),
      );
    }
    // Of the steps that it has come to: later ones may change, and all once it has ended.
    const reached = ENDED.has(state.status) ? [] : state.path.slice(0, state.step + 1);
    const moved = reached.findIndex((name, index) => known.saga.steps[index]?.name !== name);
    if (moved >= 0) {
      throw new Error(
        withCode(
          'EP2017',
          `saga '${saga}' ${id} has come to the step '${reached.at(-1)!}', and '${reached[moved]!}' is no longer step ${moved + 1} of version ${known.saga.version}: give the changed saga the next major version, and list the old one beside it`,
        ),
      );
    }
    return known;
  }

  async #send(
    tx: Transaction & EventPublishing,
    writes: SagaWrites,
    { saga, code }: Orchestration,
    row: SagaRow,
    { state, send }: SagaDecision,
    cause: Cause | undefined,
  ): Promise<void> {
    const { source = `/${this.manifest.appId}` } = this.manifest;
    for (const command of send) {
      const step = saga.steps.find(({ name }) => name === command.step)!;
      const contract = step[command.action] as EventContract;
      const make = code.steps[step.name]![command.action]!;
      const { id, data } = row;
      const content = await make({ id, data, replies: state.replies }, tx);
      const command_id = commandId(this.manifest.appId, row, command);
      writes.send(
        { saga: row.saga, id, command_id, ...command, at: new Date(appScope().now()) },
        contract,
        { data: content, id: command_id, cause: cause ?? { source, id } },
      );
    }
  }

  async #end(
    tx: EventTransaction,
    { code }: Orchestration,
    { saga, id, data, started_at: startedAt }: SagaRow,
    { state }: SagaDecision,
    at: number,
  ): Promise<void> {
    const { status, replies, cancelledBy } = state;
    const own = { id, data, replies };
    if (status === 'completed') {
      await code.completed?.(tx, own);
    } else {
      await code.cancelled?.(tx, { ...own, reason: cancelledBy! });
    }
    appScope().metrics.sagas.ended(
      saga,
      status as 'completed' | 'cancelled',
      Math.max(0, at - startedAt.getTime()) / 1000,
    );
  }
}
