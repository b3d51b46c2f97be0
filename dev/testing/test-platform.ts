import type pg from 'pg';
import type { EventContract, EventData } from '@cdk8s-event-platform/contracts';
import type { CloudEvent } from '@cdk8s-event-platform/runtime';
import type { TestAnswer } from '@cdk8s-event-platform/runtime/testing';
import { contractOfEvent, dataSchemaOf } from '@cdk8s-event-platform/contracts/interface';
import { KeyStore, toOutgoingEvent } from '@cdk8s-event-platform/runtime/testing/internal';
import type { EventPlatform } from 'cdk8s-event-platform';
import type { FaultSettings } from '../faults/faults.ts';
import { toRecord } from '../sidecar/publish-api.ts';
import type { AppInTest } from './app-in-test.ts';
import { comeToRest, onDatabases, unrest } from './at-rest.ts';
import { type Audit, audit } from './audit.ts';
import { eventIn, readFacts } from './facts.ts';
import { MOVE_TIME, NEXT_DUE } from './ledger.ts';
import { type Parts, startParts } from './start-parts.ts';
import type { TestPlatformOptions, TimeSpan } from './test-platform-options.ts';

/** Longest step of `advance` in milliseconds, after which apps look whether something is due. */
const STEP = 60_000;
/** Number of such steps from which on they are longer. */
const STEPS = 50;

/** Attributes of an event that a producer outside of the platform publishes. */
export type PublishedAttributes = Partial<Omit<CloudEvent, 'specversion' | 'type' | 'data'>>;

/** A request to an app. */
export interface TestRequest {
  /** JSON. @default - no body */
  readonly body?: object;
  /** @default - none */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A whole platform in one process, as {@link testPlatform} starts it. Nothing moves but by its methods, and its clock
 * stands still but for `advance`.
 */
export class TestPlatform {
  #stopped = false;
  #interrupted = false;

  /** @internal */
  public constructor(private readonly parts: Parts) {}

  /** Whether deliveries may be held, by what cannot be reached. */
  get #holds(): boolean {
    const { faults } = this.parts;
    return this.#interrupted || [...faults.values()].some(({ settings }) => settings.stateDown);
  }

  /** Faults between the apps and their sidecars. */
  public get faults() {
    const { faults } = this.parts;
    const of = (appId: string | undefined) =>
      appId === undefined ? [...faults.values()] : [this.#part(faults, appId)];
    return {
      /** Changes faults of an app. @param appId @default - all apps. @throws Error when a setting is not valid. */
      set: (settings: FaultSettings, appId?: string) =>
        of(appId).forEach((each) => each.set(settings)),
      /** Ends all faults. */
      clear: () => of(undefined).forEach((each) => each.clear()),
    };
  }

  /**
   * Sends a request to the HTTP API of an app. One that waits for the answer to a command is answered by `settle`, and
   * is too late by `advance`: await it after these.
   *
   * @throws Error when the platform has no such app.
   */
  public async request(
    appId: string,
    method: string,
    path: string,
    { body, headers = {} }: TestRequest = {},
  ): Promise<TestAnswer> {
    const answer = await this.#app(appId).ask({
      ...{ method, path },
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (answer === undefined) {
      throw new Error(`${appId} does not answer: it was killed`);
    }
    const isJson = /\bjson\b/.test(String(answer.headers['content-type']));
    return {
      ...{ status: answer.status, headers: answer.headers },
      ...(answer.body !== '' && {
        body: isJson ? (JSON.parse(answer.body) as unknown) : answer.body,
      }),
    };
  }

  /**
   * Publishes an event as a producer outside of the platform does.
   *
   * @param attributes e.g. the `id` of an event that was published before. @default - another id each time
   * @throws Error when the platform has no such topic, or the data are not as the contract says.
   */
  public async publish<Contract extends EventContract>(
    contract: Contract,
    data: EventData<Contract>,
    attributes: PublishedAttributes = {},
  ): Promise<void> {
    const { key, text } = toOutgoingEvent(contract, {
      ...{ specversion: '1.0', id: crypto.randomUUID(), source: '/test' },
      ...{
        time: new Date(this.parts.time.now()).toISOString(),
        datacontenttype: 'application/json',
        dataschema: dataSchemaOf(contract),
      },
      ...attributes,
      ...{ type: contract.type, data },
    });
    await this.publishRaw(contract.topic, text, key);
  }

  /** Publishes what may be no event. @throws Error when the platform has no such topic. */
  public async publishRaw(topic: string, content: string, key = ''): Promise<void> {
    this.#check();
    const { broker, topics } = this.parts;
    if (!topics.includes(topic)) {
      throw new Error(`no topic '${topic}' in the platform: it has ${topics.join(', ')}`);
    }
    await broker.append(topic, [toRecord(Buffer.from(content), { partitionKey: key })]);
  }

  /**
   * Events of a contract that were published, in the order of each key, as they are on the topic: personal data are
   * encrypted, and large values are references.
   */
  public async published<Contract extends EventContract>(
    contract: Contract,
  ): Promise<CloudEvent<EventData<Contract>>[]> {
    this.#check();
    const { broker } = this.parts;
    const partitions = Array.from(
      { length: broker.partitionsOf(contract.topic) },
      (_, index) => index,
    );
    const records = await Promise.all(
      partitions.map((partition) => broker.read(contract.topic, partition, 0, 100_000)),
    );
    return records
      .flat()
      .flatMap(({ value }) => eventIn(Buffer.from(value ?? '').toString()) ?? [])
      .filter(
        (event) =>
          event.type === contract.type &&
          contractOfEvent([contract], event as object) !== undefined,
      ) as CloudEvent<EventData<Contract>>[];
  }

  /** Runs a statement in the database of an app, as its owner. @returns the rows. */
  public async query<Row extends pg.QueryResultRow>(
    appId: string,
    statement: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    this.#app(appId);
    const { rows } = await this.#part(this.parts.databaseOf, appId).query<Row>(statement, [
      ...values,
    ]);
    return rows;
  }

  /**
   * Relays, delivers, replays and performs until nothing is due.
   *
   * @throws Error with what still happens, when that does not end.
   */
  public async settle(): Promise<void> {
    this.#check();
    const { gate } = this.parts;
    gate.open();
    try {
      if (!(await comeToRest(this.parts, () => this.#holds))) {
        throw new Error(unrest(this.parts, await this.audit()));
      }
    } finally {
      gate.close();
    }
  }

  /**
   * Moves the clock of sidecars and databases, with everything that becomes due on the way: jobs, retries, side
   * effects, leases, housekeeping.
   *
   * @throws Error as {@link settle}, and for a time that is not positive.
   */
  public async advance(span: TimeSpan): Promise<void> {
    const milliseconds = span.toMilliseconds();
    if (!(milliseconds > 0 && Number.isFinite(milliseconds))) {
      throw new Error(`advance (${milliseconds} ms) must be more than 0`);
    }
    const { time, apps } = this.parts;
    const end = time.now() + milliseconds;
    const longest = Math.max(STEP, milliseconds / STEPS);
    await this.settle();
    while (time.now() < end) {
      const next = Math.min(
        end,
        time.now() + longest,
        time.next ?? end,
        ...(await this.#nextDue()),
      );
      // Databases first: what the timers start reads their time.
      await onDatabases(this.parts, MOVE_TIME, [next]);
      time.moveTo(next);
      await this.settle();
    }
    await Promise.all([...apps.values()].map((app) => app.keep()));
    await this.settle();
  }

  /**
   * Kills the process of an app, which starts again at once. What it has not committed is rolled back.
   *
   * @param when `at-commit` kills it in its next delivery or job, between the handler and the commit. @default 'now'
   */
  public kill(appId: string, when: 'now' | 'at-commit' = 'now'): void {
    const app = this.#app(appId);
    if (when === 'now') {
      app.kill();
    } else {
      app.killAtCommit();
    }
  }

  /** Removes the jobs of an app from the scheduler, as the loss of its disk does. */
  public loseJobs(appId: string): void {
    this.#app(appId).sidecar!.forgetJobs();
  }

  /** Runs something while no app reaches its database. Connections are cut first. */
  public async withoutDatabase(run: () => Promise<void>): Promise<void> {
    this.#check();
    const apps = [...this.parts.apps.values()];
    this.#interrupted = true;
    apps.forEach((app) => app.interrupt());
    try {
      await run();
    } finally {
      this.#interrupted = false;
      apps.forEach((app) => app.restore());
    }
  }

  /** Erases a person, as `event-platform erase` does, and has apps erase what they keep. */
  public async erase(subject: string): Promise<void> {
    this.#check();
    const { databases, apps } = this.parts;
    await Promise.all(databases.map((pool) => new KeyStore(pool).erase(subject)));
    await Promise.all([...apps.values()].map((app) => app.keep()));
  }

  /** Compares what was published with what each app has committed. */
  public async audit(): Promise<Audit> {
    this.#check();
    const { databases, brokerPool, subscribers } = this.parts;
    return audit(await readFacts(databases, brokerPool), subscribers);
  }

  /** Ends the platform, and drops its databases. */
  public async stop(): Promise<void> {
    if (!this.#stopped) {
      this.#stopped = true;
      await this.parts.stop();
    }
  }

  async #nextDue(): Promise<number[]> {
    const rows = await onDatabases<{ at: number | null }>(this.parts, NEXT_DUE);
    return rows.flatMap(({ at }) => (at === null ? [] : [Math.ceil(at)]));
  }

  #app(appId: string): AppInTest {
    this.#check();
    return this.#part(this.parts.apps, appId);
  }

  #part<Part>(parts: ReadonlyMap<string, Part>, appId: string): Part {
    const part = parts.get(appId);
    if (part === undefined) {
      throw new Error(
        `no app '${appId}' in the platform: it has ${[...this.parts.apps.keys()].join(', ')}`,
      );
    }
    return part;
  }

  #check(): void {
    if (this.#stopped) {
      throw new Error('the platform is stopped: start another one with testPlatform');
    }
  }
}

/**
 * Starts the apps of a platform in this process, each with the sidecar that its rendered objects declare, on a real
 * PostgreSQL: without a cluster, a broker, or a port. It needs no test runner.
 *
 * @param platform as it is rendered for a cluster.
 * @throws Error when an app of the platform is missing among `apps`, or `apps` has one that the platform lacks.
 *
 * @example
 * const shop = await testPlatform(platformOf(ENVIRONMENTS.local!), {
 *   apps: { orders: { manifest: orders, routes }, 'order-processor': { manifest: orderProcessor, ...parts } },
 * });
 * await shop.request('orders', 'POST', '/orders', { body: { customer_id: 'c-1' } });
 * await shop.settle();
 * expect(await shop.audit()).toMatchObject({ handled: 1, lost: [], doubled: [] });
 * await shop.stop();
 */
export async function testPlatform(
  platform: EventPlatform,
  options: TestPlatformOptions,
): Promise<TestPlatform> {
  return new TestPlatform(await startParts(platform, options));
}
