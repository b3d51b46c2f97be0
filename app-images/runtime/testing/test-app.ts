import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type {
  AppManifest,
  CommandReply,
  EventContract,
  EventData,
} from '@cdk8s-event-platform/contracts';
import {
  DEFAULT_INBOX_DAYS,
  EFFECTS_TABLE,
  contractOfEvent,
  dataSchemaOf,
  eventRouteIn,
  OUTBOX_TABLE,
  QUARANTINE_TABLE,
} from '@cdk8s-event-platform/contracts/interface';
import type { CloudEvent } from '../events/cloud-event.ts';
import { type Consumer, consumer } from '../delivery/consumer.ts';
import { DeliveryProcessor, type DeliveryResult } from '../delivery/delivery-processor.ts';
import type { SideEffect } from '../effects/effects.ts';
import { EventPublisher } from '../outbox/event-publisher.ts';
import { inTransaction, type Transaction } from '../database/database.ts';
import { describeFailure } from '../errors/failure.ts';
import type { ApiMethod } from '../http/routes.ts';
import { JobsUnderTest, type JobUnderTest, type TestedRun } from './jobs-under-test.ts';
import { RequestsUnderTest } from './requests-under-test.ts';
import { SagasUnderTest } from './sagas-under-test.ts';
import type { TestAnswer } from './test-answer.ts';
import { InboxPartitions } from '../delivery/inbox.ts';
import { jsonPart } from '../events/json.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { KeyStore } from '../personal-data/erasure.ts';
import type { Sealing } from '../sealing/sealing.ts';
import { sealingTasks } from '../sealing/sealing-tasks.ts';
import type { ServiceParts } from '../process/start-service.ts';
import { ProjectionsUnderTest } from './projections-under-test.ts';
import type { TestDatabase } from './database.ts';
import { serviceApi } from './service-api.ts';
import { type AppScope, inAppScope } from '../process/app-scope.ts';
import { type AnswerCall, TestCalls } from './test-calls.ts';
import { testSealing } from './test-sealing.ts';
import { TestSending } from './test-sending.ts';
import { TestState } from './test-state.ts';

/** What `startService` is given: a manifest, and what the app does. */
export interface AppUnderTest extends Pick<
  ServiceParts,
  'on' | 'routes' | 'jobs' | 'claims' | 'erase' | 'projections'
> {
  readonly manifest: AppManifest;
}

/** An event that is delivered. By default its id is another each time, and its time that at which the app was made. */
export interface EventUnderTest<Contract extends EventContract> extends Partial<
  Omit<CloudEvent, 'specversion' | 'type' | 'data'>
> {
  readonly data: EventData<Contract>;
}

/** What became of an event. */
export interface Delivery {
  /**
   * - `processed`: its effect is committed.
   * - `duplicate`: it was processed before, and had no second effect.
   * - `quarantined`: it cannot be processed.
   * - `parked`: it waits for an earlier event of its key, which is in the quarantine.
   * - `dropped`: its handler failed, and its delivery is `at-most-once`.
   * - `retried`: the sidecar delivers it again.
   */
  readonly outcome: 'processed' | 'duplicate' | 'quarantined' | 'parked' | 'dropped' | 'retried';
  /** Why it was not processed, e.g. `handler: Error: sold out`. @default - it was processed, now or before, or dropped */
  readonly problem?: string;
}

/** Time for which a delivery is waited for, e.g. by a database that does not answer, in milliseconds. */
const DELIVERY_TIMEOUT = 10_000;

function bytesOf(event: CloudEvent): Buffer {
  return Buffer.from(JSON.stringify(event));
}

/**
 * An app as `startConsumer` and `startService` start it, on a real database, without a process, a port and a
 * broker. Events that it publishes stay in its outbox or in memory, and side effects that it schedules are not performed.
 *
 * @example
 * const app = new TestApp(orderProcessor, database);
 * expect(await app.deliver(OrderPlaced, order, { id: '1' })).toEqual({ outcome: 'processed' });
 * expect(await app.deliver(OrderPlaced, order, { id: '1' })).toEqual({ outcome: 'duplicate' });
 * expect(await app.published(OrderConfirmed)).toMatchObject([{ data: { order_id: order.order_id } }]);
 */
export class TestApp {
  /** The state stores of the app, in memory. */
  public readonly state: TestState;
  /** The sagas of the app. */
  public readonly sagas: SagasUnderTest;
  readonly #manifest: AppManifest;
  /** The same for all events: the same id on another day is another event. */
  readonly #time = new Date().toISOString();
  /** The owner's: what is looked at is not what the app may see. */
  readonly #owner: TestDatabase['pool'];
  readonly #deliveries: DeliveryProcessor;
  readonly #sealing: Sealing;
  readonly #pool: pg.Pool;
  readonly #tasks: ReturnType<typeof sealingTasks>;
  readonly #api: ReturnType<typeof serviceApi>;
  readonly #jobs: JobsUnderTest;
  readonly #requests: RequestsUnderTest;
  readonly #calls = new TestCalls();
  readonly #sending: TestSending;
  readonly #projections: ProjectionsUnderTest;
  readonly #scope: AppScope;

  /**
   * @param app a consumer, or manifest, handlers and routes of a service.
   * @param database that was created with the manifest of the app. Where it has `poolOf`, the app logs in with the
   * rights that it has in a cluster.
   * @throws Error as `startService`, and when the database does not know the app.
   */
  public constructor(
    app: Consumer | AppUnderTest,
    database: Pick<TestDatabase, 'pool'> & Partial<Pick<TestDatabase, 'poolOf'>>,
  ) {
    const { manifest } = app;
    const pool = database.poolOf?.(manifest.appId) ?? database.pool;
    this.#manifest = manifest;
    this.state = new TestState(manifest);
    this.#owner = database.pool;
    this.#pool = pool;
    this.#sealing = testSealing(manifest, 'claims' in app ? app.claims : undefined);
    const publisher = new EventPublisher(manifest, this.#sealing);
    const own = 'handlers' in app ? app : consumer(manifest, ...(app.on ?? []));
    this.#deliveries = new DeliveryProcessor({
      consumer: own,
      epoch: 0,
      publisher,
      sealing: this.#sealing,
      pool,
      inbox: new InboxPartitions(pool, DEFAULT_INBOX_DAYS),
      log: silentLogger,
    });
    this.#tasks = sealingTasks({
      manifest,
      log: silentLogger,
      erase: 'erase' in app ? app.erase : undefined,
    });
    this.#jobs = new JobsUnderTest(manifest, 'jobs' in app ? app.jobs : undefined, {
      ...{ pool, publisher },
    });
    this.#requests = new RequestsUnderTest(
      ...([manifest, database.pool, { pool, publisher }] as const),
      (contract, data) => this.deliver(contract, data),
    );
    this.sagas = new SagasUnderTest({
      ...{ manifest, sagas: own.sagas, owner: database.pool, pool, publisher },
      answer: () => this.#requests.answerAll(),
      inApp: (run) => inAppScope(this.#scope, run),
    });
    this.#sending = new TestSending(manifest);
    const { scope } = this.state;
    this.#scope = {
      ...scope,
      now: () => (own.sagas === undefined ? Date.now() : this.sagas.now),
      sagas: own.sagas,
      requests: this.#requests.sender,
      senders: this.#sending.senders,
      store: { manifest, sealing: this.#sealing, pool },
      send: async (request, timeout) =>
        (await this.#calls.answer(request)) ?? (await scope.send(request, timeout)),
    };
    this.#projections = new ProjectionsUnderTest(
      ...([manifest, 'projections' in app ? app.projections : undefined, pool] as const),
    );
    const routes = 'routes' in app ? app.routes : undefined;
    this.#api = serviceApi(manifest, routes ?? (() => undefined), pool, { publisher });
  }

  /**
   * Delivers an event, as the sidecar does.
   *
   * @param envelope attributes of the event, e.g. the `id` of one that was delivered before.
   * @throws Error when the app does not subscribe to the contract.
   */
  public async deliver<Contract extends EventContract>(
    contract: Contract,
    data: EventData<Contract>,
    envelope: Omit<EventUnderTest<Contract>, 'data'> = {},
  ): Promise<Delivery> {
    const event = this.#event(contract, { ...envelope, data });
    const delivered = await inAppScope(this.#scope, () =>
      this.#deliveries.single(
        this.#route(contract),
        bytesOf(event),
        AbortSignal.timeout(DELIVERY_TIMEOUT),
      ),
    );
    const [delivery] = await this.#read(delivered, [event]);
    return delivery!;
  }

  /** Delivers several events at once, as the sidecar does in bulk. @throws as {@link deliver} */
  public async deliverAll<Contract extends EventContract>(
    contract: Contract,
    events: readonly EventUnderTest<Contract>[],
  ): Promise<Delivery[]> {
    const made = events.map((event) => this.#event(contract, event));
    const delivered = await inAppScope(this.#scope, () =>
      this.#deliveries.many(
        this.#route(contract),
        made.map((event) => jsonPart(bytesOf(event))),
        AbortSignal.timeout(DELIVERY_TIMEOUT),
      ),
    );
    return this.#read(delivered, made);
  }

  /**
   * Sends a request to a route of the app.
   *
   * @example
   * const { status } = await app.request('POST', '/orders', { body: order, headers: { 'idempotency-key': '1' } });
   */
  public async request(
    method: ApiMethod,
    url: string,
    options: { readonly body?: object; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<TestAnswer> {
    const { body, headers = {} } = options;
    const response = await inAppScope(this.#scope, async () => {
      // It begins when it is awaited.
      const answered = await this.#api.inject({
        ...{ method, url, headers },
        ...(body !== undefined && { payload: body }),
      });
      return answered;
    });
    const isJson = /\bjson\b/.test(String(response.headers['content-type']));
    return {
      status: response.statusCode,
      headers: response.headers,
      ...(response.payload !== '' && { body: isJson ? response.json() : response.payload }),
    };
  }

  /**
   * Says what another app answers when this one calls it with `appClient`. An app of which nothing is said cannot be
   * reached.
   *
   * @example
   * app.answerCalls('traffic-api', ({ path }) =>
   *   path === '/routes/r1' ? { body: { target: 'https://a.example' } } : { status: 404 },
   * );
   */
  public answerCalls(appId: string, answer: AnswerCall): void {
    this.#calls.set(appId, answer);
  }

  /**
   * Runs a job, as the scheduler calls for it.
   *
   * @example
   * expect(await app.runJob('cleanup', { due: '2026-12-01T03:00:00Z' })).toEqual({ outcome: 'done' });
   * expect(await app.runJob('cleanup', { due: '2026-12-01T03:00:00Z' })).toEqual({ outcome: 'duplicate' });
   *
   * @throws Error when the app has no such job, or `due` is not one of its due times.
   */
  public async runJob(job: string, options: JobUnderTest = {}): Promise<TestedRun> {
    return inAppScope(this.#scope, () => this.#jobs.run(job, options));
  }

  /**
   * Answers the commands that the app sends from now on, in place of the app that handles them. Without it, and where
   * it returns undefined, they are not answered.
   *
   * @example
   * app.answer(ProbeRoute, ({ url }) => ({ healthy: url.startsWith('https:') }));
   */
  public answer<Command extends EventContract, const Reply extends CommandReply<Command>>(
    command: Command,
    answer: (data: EventData<Command>) => Reply | undefined | Promise<Reply | undefined>,
  ): void {
    this.#requests.answer(command, ({ data }) => answer(data as EventData<Command>));
  }

  /**
   * Runs something in a transaction of the app, as its code does: what it reads, and appends to its event stores.
   *
   * @example
   * const { events } = await app.inTransaction((tx) => accounts.load(tx, 'a1'));
   */
  public async inTransaction<Result>(run: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return inAppScope(this.#scope, () => inTransaction(this.#pool, run));
  }

  /**
   * Projects all events that are committed.
   *
   * @returns how many were projected.
   * @throws Error when one cannot be projected.
   */
  public async project(): Promise<number> {
    return inAppScope(this.#scope, () => this.#projections.project());
  }

  /** Whether the broker confirms what the app sends with an `eventSender`. */
  public set brokerReachable(reachable: boolean) {
    this.#sending.reachable = reachable;
  }

  /** Events of a contract that the app has published, in their order, and then those that it has sent without a transaction. */
  public async published<Contract extends EventContract>(
    contract: Contract,
  ): Promise<CloudEvent<EventData<Contract>>[]> {
    const { rows } = await this.#owner.query<{ event: string }>(
      `SELECT event FROM ${OUTBOX_TABLE} WHERE producer = $1 AND event_type = $2 ORDER BY position`,
      [this.#manifest.appId, contract.type],
    );
    const events = [
      ...rows.map(({ event }) => JSON.parse(event) as CloudEvent<EventData<Contract>>),
      ...((await this.#sending.sent(contract)) as CloudEvent<EventData<Contract>>[]),
    ].filter((event) => contractOfEvent([contract], event) !== undefined);
    const opened = await this.#sealing.open(
      this.#owner,
      contract,
      events.map(({ data }) => data),
    );
    return events.map((event, index) => ({
      ...event,
      data: opened[index]!.data as EventData<Contract>,
    }));
  }

  /** Payloads of a side effect that handlers have scheduled, in their order. */
  public async scheduled<Payload>(
    effect: SideEffect & { readonly payload?: Payload },
  ): Promise<Payload[]> {
    const { rows } = await this.#owner.query<{ payload: unknown }>(
      `SELECT payload FROM ${EFFECTS_TABLE} WHERE consumer = $1 AND kind = $2 ORDER BY id`,
      [this.#manifest.appId, effect.kind],
    );
    return Promise.all(
      rows.map(
        ({ payload }) => this.#sealing.openPayload(this.#owner, payload) as Promise<Payload>,
      ),
    );
  }

  /** Erases a subject, as `event-platform erase` does, and what the app keeps of it. */
  public async erase(subject: string): Promise<void> {
    await new KeyStore(this.#owner).erase(subject);
    for (const task of this.#tasks) {
      await task(this.#pool);
    }
  }

  #route(contract: EventContract): string {
    const route = eventRouteIn(this.#manifest.subscribes ?? [], contract);
    if (this.#deliveries.typeOf(route) === undefined) {
      throw new Error(
        `${this.#manifest.appId} does not subscribe to '${contract.type}': add it to 'subscribes' of its manifest`,
      );
    }
    return route;
  }

  #event<Contract extends EventContract>(
    contract: Contract,
    event: EventUnderTest<Contract>,
  ): CloudEvent {
    return {
      specversion: '1.0',
      id: randomUUID(),
      source: '/test',
      time: this.#time,
      datacontenttype: 'application/json',
      dataschema: dataSchemaOf(contract),
      ...event,
      type: contract.type,
    };
  }

  #read({ outcomes, error }: DeliveryResult, events: readonly CloudEvent[]): Promise<Delivery[]> {
    return Promise.all(
      outcomes.map(async (outcome, index): Promise<Delivery> => {
        switch (outcome) {
          case 'processed':
          case 'duplicate':
          case 'dropped':
            return { outcome };
          case 'quarantined':
          case 'parked':
            return { outcome, problem: await this.#problem(events[index]!) };
          case undefined:
            return { outcome: 'retried', problem: describeFailure(error) };
        }
      }),
    );
  }

  /** Why an event is in the quarantine. The first line of a stack says more than the cause, which quotes no values. */
  async #problem({ id, source }: CloudEvent): Promise<string> {
    const { rows } = await this.#owner.query<{ problem: string }>(
      `SELECT concat(reason, ': ', coalesce(split_part(stack, E'\\n', 1), cause)) AS problem
       FROM ${QUARANTINE_TABLE} WHERE consumer = $1 AND source = $2 AND event_id = $3 ORDER BY id DESC`,
      [this.#manifest.appId, source, id],
    );
    return rows[0]!.problem;
  }
}
