import { join } from 'node:path';
import { EVENT_TOOLS } from '@cdk8s-event-platform/contracts/interface';
import { kubectlOf } from '../../cli/cluster/kubectl.ts';
import { type ReadFrom, ToolsPod } from '../../cli/cluster/tools-pod.ts';
import { type CheckedRecord, recordCheck } from '../../cli/events/event-checks.ts';
import { eventToPublish, publishByPod } from '../../cli/events/publish.ts';
import type { RunningBroker } from '../../testkit/brokers/broker.ts';
import { type BrokerName, BROKERS } from '../../testkit/brokers/index.ts';
import { sidecar, writeResources } from '../../testkit/platform/sidecar.ts';
import { freePorts, ManagedProcess } from '../../testkit/process.ts';
import { ensureTools } from '../../testkit/tools/index.ts';
import { until } from '../../testkit/until.ts';
import { Measured, READER, toolsPlatform } from './platform.ts';
import { ReceivingApp } from './receiving-app.ts';
import { type Result, same, timed } from './results.ts';
import { writeStandIn } from './stand-in.ts';

/** Variables by which the rendered script finds the broker of the run. */
function toolOverrides(name: BrokerName, broker: RunningBroker, folder: string) {
  const addresses = Object.values(broker.addresses);
  const [first] = addresses as [string];
  const [host, port] = first.split(':') as [string, string];
  const common = { TMPDIR: folder };
  switch (name.replace(/-3$/, '')) {
    case 'kafka':
      return {
        ...common,
        KAFKA_HOME: ensureTools(['kafka']).kafka,
        BOOTSTRAP_SERVERS: first,
        CA_FILE: join(folder, 'broker', 'certificates', 'kafka-tls', 'ca.crt'),
      };
    case 'redis': {
      const hosts = new Set(addresses.map((address) => address.split(':')[0]!));
      return { ...common, SERVERS: [...hosts].join(' '), PORT: port };
    }
    case 'nats':
      return {
        ...common,
        PATH: `${ensureTools(['nats']).nats}:${process.env.PATH}`,
        NATS_URL: `nats://${first}`,
      };
    default: {
      const management = Object.entries(broker.addresses).find(([address]) =>
        address.endsWith(':15672'),
      )![1];
      return { ...common, MANAGEMENT_HOST: host, MANAGEMENT_PORT: management.split(':')[1]! };
    }
  }
}

/** Starts a broker, the pod of the tools and a consumer, and does with them what the commands do. */
export class Bench {
  readonly #ids = new Map<string, string>();
  /** Between events that were published before and after it. */
  #time = new Date();
  #consumer: ManagedProcess | undefined;

  private constructor(
    private readonly pod: ToolsPod,
    private readonly app: ReceivingApp,
    private readonly startSidecar: () => Promise<ManagedProcess>,
    /** Whether the broker keeps events. */
    private readonly keeps: boolean,
  ) {}

  public static async start(name: BrokerName, folder: string): Promise<Bench> {
    const { dapr } = ensureTools(['dapr']);
    const setting = BROKERS[name];
    const { platform, manifests, secrets } = toolsPlatform(setting);
    const logs = join(folder, 'logs');
    const broker = await setting.start({
      ...{ manifests, secrets, logs },
      folder: join(folder, 'broker'),
    });
    await broker.provision();
    const all = [...secrets, ...(broker.secrets ?? [])];
    const files = writeResources(manifests, all, broker.addresses, folder);
    const startSidecar = async (appId: string, appPort: number) => {
      const [http, grpc, internal, metrics, open] = (await freePorts(5)) as [
        ...[number, number, number, number, number],
      ];
      const ports = { http, grpc, internal, metrics, public: open };
      const deployment = manifests.only('Deployment', appId);
      const started = sidecar(dapr, deployment, files, appPort, ports, logs);
      return { started, http };
    };
    const app = await ReceivingApp.start();
    // The app of the tools: probes are all that its sidecar asks of it.
    const { started, http } = await startSidecar(EVENT_TOOLS.appId, app.port);
    await started.start();
    const program = writeStandIn(folder, manifests, all, {
      app: { DAPR_HTTP_PORT: String(http) },
      tools: toolOverrides(name, broker, folder),
    });
    const pod = ToolsPod.of(platform, kubectlOf(undefined, program));
    return new Bench(
      pod,
      app,
      async () => {
        const consumer = await startSidecar(READER, app.port);
        return consumer.started.start();
      },
      pod.toolbox.positionProblem?.('beginning') === undefined,
    );
  }

  /** Runs every step, until one cannot be. */
  public async run(onResult: (result: Result) => void): Promise<void> {
    const steps: readonly (readonly [string, () => Promise<void>])[] = [
      ['publish and tail', () => this.#publishAndTail()],
      ['read from the beginning', () => this.#readAll()],
      ['read from a time', () => this.#readFromTime()],
      ['an event that does not match', () => this.#invalid()],
      ['consume, topics and groups', () => this.#consume()],
      ['replay from the beginning', () => this.#replay('beginning', 8)],
      ['replay from a time', () => this.#replayFromTime()],
    ];
    for (const [step, verify] of steps) {
      onResult(await timed(step, verify));
    }
    this.app.stop();
  }

  async #publish(...values: readonly string[]): Promise<void> {
    for (const value of values) {
      const data = { meter: value.split('-')[0]!, value };
      this.#ids.set(value, await publishByPod(this.pod, eventToPublish(Measured, { data })));
    }
  }

  /** What is there from somewhere on. */
  async #read(from: ReadFrom): Promise<CheckedRecord[]> {
    const check = recordCheck([Measured]);
    const records: CheckedRecord[] = [];
    await this.pod.read({
      topic: Measured.topic,
      from,
      follow: false,
      onRecord: (record) => {
        records.push(check(record));
        return false;
      },
    });
    return records;
  }

  #valuesOf(records: readonly CheckedRecord[]): string[] {
    return records.map(({ event }) => (event as { data: { value: string } }).data.value);
  }

  /** A reader that follows gets what is published after it has started. When it has, nobody says: events come until it has one. */
  async #publishAndTail(): Promise<void> {
    const heard = { enough: false };
    const check = recordCheck([Measured]);
    const records: CheckedRecord[] = [];
    const reading = this.pod
      .read({
        topic: Measured.topic,
        from: 'now',
        follow: true,
        onRecord: (record) => records.push(check(record)) >= 1,
      })
      .finally(() => (heard.enough = true));
    // It is waited for below.
    reading.catch(() => undefined);
    for (let count = 0; count < 60 && !heard.enough; count++) {
      await this.#publish(`probe-${count}`);
    }
    await reading;
    const [record] = records as [CheckedRecord];
    same('verdict', record.problems, []);
    same('key', [record.key], ['probe']);
    same('value', [this.#ids.has(this.#valuesOf(records)[0]!)], [true]);
    await this.#publish('a-1', 'b-1', 'a-2', 'c-1', 'a-3');
  }

  async #readAll(): Promise<void> {
    if (!this.keeps) {
      return this.#refused(() => this.#read('beginning'));
    }
    const records = await this.#read('beginning');
    const values = this.#valuesOf(records);
    same('values', values.toSorted(), [...this.#ids.keys()].toSorted());
    same(
      'order of key a',
      values.filter((value) => value.startsWith('a-')),
      ['a-1', 'a-2', 'a-3'],
    );
    same(
      'ids',
      records.map(({ id }) => id),
      values.map((value) => this.#ids.get(value)),
    );
    same('positions', [new Set(records.map(({ position }) => position)).size], [records.length]);
  }

  async #readFromTime(): Promise<void> {
    this.#time = new Date(Date.now() + 5);
    if (!this.keeps) {
      return this.#refused(() => this.#read(this.#time));
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
    await this.#publish('a-4', 'd-1');
    const records = await this.#read(this.#time);
    same('values', this.#valuesOf(records).toSorted(), ['a-4', 'd-1']);
  }

  async #invalid(): Promise<void> {
    const { event, key, topic } = eventToPublish(Measured, { data: { meter: 'e', value: 'e-1' } });
    const wrong = { topic, key, event: { ...event, data: { meter: 'e', value: 7 } } };
    if (this.keeps) {
      await publishByPod(this.pod, wrong);
      const records = await this.#read(this.#time);
      const problems = records.flatMap((record) => record.problems);
      same('problems', problems, ['data/value must be string']);
    }
  }

  async #received(atLeast: number): Promise<string[]> {
    await until('the events are delivered', 90, () =>
      Promise.resolve(new Set(this.app.received).size >= atLeast),
    );
    return [...new Set(this.app.received)];
  }

  async #consume(): Promise<void> {
    const total = this.#ids.size + (this.keeps ? 1 : 0);
    this.#consumer = await this.startSidecar();
    await this.#received(total);
    await until('the group has no lag', 90, async () => {
      const groups = await this.pod.groups();
      return groups.some(
        ({ group, topic, lag }) => group === READER && topic === Measured.topic && lag === 0,
      );
    });
    const topic = (await this.pod.topics()).find((one) => one.topic === Measured.topic);
    same('topic', [topic?.messages], [this.keeps ? total : undefined]);
    if (this.keeps) {
      const age = Date.now() - Date.parse(topic!.last!);
      same('the last event is not older than the hour that is known', [age < 3_660_000], [true]);
    }
  }

  async #replay(from: ReadFrom, atLeast: number): Promise<void> {
    if (!this.keeps) {
      return this.#refused(() => this.pod.reset(READER, Measured.topic, from));
    }
    await this.#consumer?.stop();
    this.app.forget();
    await until('the group is set back', 90, async () => {
      try {
        await this.pod.reset(READER, Measured.topic, from);
        return true;
      } catch (error) {
        if (!/active|Stable|members/i.test((error as Error).message)) {
          throw error;
        }
        return false;
      }
    });
    this.#consumer = await this.startSidecar();
    const expected = from === 'beginning' ? this.#ids.size + 1 : atLeast;
    const received = await this.#received(expected);
    same('events', [received.length], [expected]);
    await until('the group has no lag', 90, async () => {
      const groups = await this.pod.groups();
      return groups.some(
        ({ group, topic, lag }) => group === READER && topic === Measured.topic && lag === 0,
      );
    });
  }

  /** The two events that were published since, and the one that does not match. */
  async #replayFromTime(): Promise<void> {
    await this.#replay(this.#time, 3);
    await this.#consumer?.stop();
  }

  async #refused(run: () => Promise<unknown>): Promise<void> {
    const reason = await run().then(
      () => 'it is not refused',
      (error: unknown) => (error as Error).message,
    );
    same('refusal', [reason.includes('RabbitMQ keeps')], [true]);
  }
}
