import { setTimeout as sleep } from 'node:timers/promises';
import { RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import type { ManagedProcess } from '../testkit/process.ts';
import { until } from '../testkit/until.ts';
import type { Environment } from './environment.ts';
import { benchEvents } from './events.ts';
import { offerAtRate, offerInTurn } from './offer.ts';
import { PUBSUB } from './names.ts';
import { PRODUCER_SETTINGS, type ProducerSetting } from './producer-settings.ts';
import { manifest } from './producers/manifest.ts';
import { type RunningConsumer, startArm, startConsumer } from './running-arm.ts';
import { startSidecar } from './sidecar.ts';

/** What became of the events of a producer. */
export interface ProducerResult {
  readonly setting: ProducerSetting;
  readonly offered: number;
  /** The caller was told that it is accepted. */
  readonly accepted: number;
  readonly records: number;
  /** Accepted, and not on the topic. */
  readonly lost: number;
  /** Not accepted, and on the topic all the same. */
  readonly unexpected: number;
  /** Records of events that are on the topic already. */
  readonly repeated: number;
  /** Effects too many, at a consumer with an inbox. */
  readonly doubled: number;
  /** Events that were confirmed per second, without kills. */
  readonly rate: number;
  /** Milliseconds of half of the requests, and of all but one in a hundred. */
  readonly p50: number;
  readonly p99: number;
}

/** Counts of a run. */
export interface ProducerLoad {
  /** Events while something is killed. */
  readonly offered: number;
  /** Events as fast as they go. */
  readonly timed: number;
}

/** Programs that are started. */
export const PRODUCER_PROGRAMS: readonly string[] = ['producer', 'runtime-bulk'];

/** Takes what is sent as fast as it goes. */
const TIMED_TOPIC = 'bench-timed';
const PER_SECOND = 250;
const CALLERS = 32;
/** Milliseconds for which what was killed is gone. */
const DOWN = 500;
/** What is killed when this part of the events was offered. */
const KILLS = [
  { at: 0.15, what: 'app' },
  { at: 0.35, what: 'sidecar' },
  { at: 0.55, what: 'broker' },
] as const;
/** Milliseconds without another confirmation or effect after which nothing more is expected. */
const SETTLED = 4_000;

/** Waits until a number stays as it is for a while, or is as large as it can be. */
async function settled(count: () => Promise<number>, target = Infinity): Promise<void> {
  let last = -1;
  let changed = performance.now();
  while (performance.now() - changed < SETTLED) {
    const now = await count();
    if (now >= target) {
      return;
    }
    if (now !== last) {
      [last, changed] = [now, performance.now()];
    }
    await sleep(25);
  }
}

interface RunningProducer extends RunningConsumer {
  readonly sidecar: ManagedProcess;
  /** Events that the broker has confirmed to the process. */
  confirmed(): Promise<number>;
}

async function startProducer(
  environment: Environment,
  setting: ProducerSetting,
  appId: string,
  topic: string,
): Promise<RunningProducer> {
  const running = await startConsumer(environment, {
    ...{ program: 'producer', appId, manifest },
    env: { SETTING: setting, TOPIC: topic, [RUNTIME_ENV.pubSubName]: PUBSUB },
  });
  const { dapr, bootstrapServers, folder } = environment;
  const sidecar = await startSidecar({
    ...{ dapr, bootstrapServers, appId, folder, httpPort: running.daprPort },
  });
  const confirmed = async () => {
    const text = await fetch(`http://127.0.0.1:${running.metricsPort}/metrics`)
      .then((response) => response.text())
      .catch(() => '');
    return Number(/^events_published_total{.*} (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  return { ...running, sidecar, confirmed };
}

/** Offers events as fast as they go. */
async function timed(producer: RunningProducer, events: number) {
  // The first ones warm up.
  await offerInTurn(producer.port, benchEvents('clean', Math.ceil(events / 5)), CALLERS);
  await settled(() => producer.confirmed(), Math.ceil(events / 5));
  const before = await producer.confirmed();
  const start = performance.now();
  const { latencies } = await offerInTurn(producer.port, benchEvents('clean', events), CALLERS);
  await settled(() => producer.confirmed(), before + events);
  const rate = (events * 1000) / (performance.now() - start);
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))]!;
  return { rate, p50: at(0.5), p99: at(0.99) };
}

async function kill(target: ManagedProcess): Promise<void> {
  await target.stop('SIGKILL');
  await sleep(DOWN);
  await target.start();
}

/** Kills the app, its sidecar and the broker, one after the other. */
async function killInTurn(
  { broker }: Environment,
  { process: app, sidecar }: RunningProducer,
  seconds: number,
): Promise<void> {
  const targets = { app, sidecar, broker };
  const start = performance.now();
  for (const { at, what } of KILLS) {
    await sleep(Math.max(0, start + at * seconds * 1000 - performance.now()));
    await kill(targets[what]);
  }
}

/** Effects at a consumer with an inbox that reads the topic from its beginning. */
async function effectsOf(environment: Environment, topic: string) {
  const consumer = await startArm(environment, {
    ...{ program: 'runtime-bulk', appId: topic.replace('bench-', 'consumer-'), topic },
    ...{ bulk: true, subscribesItself: false, tryForever: true },
  });
  try {
    const count = async (counted: string) => {
      const { rows } = await consumer.database.pool.query<{ count: number }>(
        `SELECT count(${counted})::int AS count FROM payments`,
      );
      return rows[0]!.count;
    };
    await until('an effect', 60, async () => (await count('*')) > 0, 100);
    await settled(() => count('*'));
    return { all: await count('*'), distinct: await count('DISTINCT event_id') };
  } finally {
    await consumer.stop();
  }
}

async function runSetting(
  environment: Environment,
  setting: ProducerSetting,
  { offered, timed: events }: ProducerLoad,
): Promise<ProducerResult> {
  const name = setting.replaceAll(/[^a-z]+/g, '-');
  const topic = `bench-sent-${name}`;
  await environment.createTopic(topic);
  const fast = await startProducer(environment, setting, `timed-${name}`, TIMED_TOPIC);
  const speed = await timed(fast, events).finally(() => stop(fast));
  const producer = await startProducer(environment, setting, `sent-${name}`, topic);
  try {
    const sent = benchEvents('clean', offered);
    const [{ accepted }] = await Promise.all([
      offerAtRate(producer.port, sent, PER_SECOND),
      killInTurn(environment, producer, offered / PER_SECOND),
    ]);
    await settled(() => producer.confirmed());
    const [records, effects] = await Promise.all([
      environment.records(topic),
      effectsOf(environment, topic),
    ]);
    const ids = records.map((value) => (JSON.parse(value) as { readonly id: string }).id);
    const distinct = new Set(ids);
    if (distinct.size !== effects.distinct) {
      throw new Error(
        `${topic} has ${distinct.size} events, and ${effects.distinct} of them had an effect`,
      );
    }
    return {
      ...{ setting, offered, accepted: accepted.size, records: ids.length },
      lost: [...accepted].filter((id) => !distinct.has(id)).length,
      unexpected: [...distinct].filter((id) => !accepted.has(id)).length,
      repeated: ids.length - distinct.size,
      doubled: effects.all - effects.distinct,
      ...speed,
    };
  } finally {
    await stop(producer);
  }
}

async function stop({ process: app, sidecar, database }: RunningProducer): Promise<void> {
  await sidecar.stop('SIGKILL');
  await app.stop('SIGKILL');
  await database.drop();
}

/** Kills producers, their sidecars and the broker under load, and counts what is missing on the topic, and what is there twice. */
export async function measureProducers(
  environment: Environment,
  load: ProducerLoad,
  progress: (text: string) => void,
): Promise<ProducerResult[]> {
  const results: ProducerResult[] = [];
  await environment.createTopic(TIMED_TOPIC);
  for (const setting of PRODUCER_SETTINGS) {
    const result = await runSetting(environment, setting, load);
    const { accepted, lost, repeated, rate } = result;
    progress(
      `${setting}: ${accepted} of ${load.offered} accepted, ${lost} lost, ${repeated} repeated, ${rate.toFixed(0)}/s`,
    );
    results.push(result);
  }
  return results;
}
