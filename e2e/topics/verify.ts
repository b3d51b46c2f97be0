import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { renderPlatform, type StartPosition } from '../../constructs/index.ts';
import { Manifests } from '../../scripts/manifests.ts';
import { kafka } from '../../testkit/brokers/kafka.ts';
import { runProvisioning } from '../../testkit/brokers/provisioning.ts';
import { stopAll } from '../../testkit/process.ts';
import { ensureTools } from '../../testkit/tools/index.ts';
import { KafkaClient, TOOL_ENV } from './kafka-client.ts';
import { partitions } from './partitions.ts';
import { Alarm, declareMeters, Price, Reading } from './platform.ts';

/** Settings that a topic is expected to have. Of one that is compacted, Kafka does not look at the retention. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  [Reading.topic]: ['cleanup.policy=delete', 'retention.ms=-1', 'retention.bytes=-1'],
  [Price.topic]: ['cleanup.policy=compact', 'retention.ms=604800000'],
  [Alarm.topic]: ['retention.ms=86400000'],
};

/** What the steps need. */
interface Run {
  readonly client: KafkaClient;
  /** Runs the provisioning Job of a platform whose consumers start somewhere; returns what it said. */
  readonly provision: (starts: Readonly<Record<string, StartPosition>>) => Promise<string>;
  readonly progress: (text: string) => void;
}

const METERS = ['a', 'b', 'c', 'd', 'e'];

function named(round: string) {
  return METERS.map((key) => ({ key, value: `${round}-${key}` }));
}

/** Whether a list has just these values, in whatever order; what differs. */
function differs(what: string, found: readonly string[], expected: readonly string[]): string[] {
  const [a, b] = [[...found].sort().join(' '), [...expected].sort().join(' ')];
  return a === b ? [] : [`${what}: ${a || 'nothing'}, expected ${b}`];
}

/** Topics have the settings that are declared. */
async function settings({ client, progress }: Run): Promise<string[]> {
  const said = await client.tool('kafka-topics', '--describe');
  return Object.entries(EXPECTED).flatMap(([topic, expected]) => {
    const [, configs = ''] =
      new RegExp(`^Topic: ${topic}\\s.*Configs: *(\\S*)`, 'm').exec(said) ?? [];
    const own = configs.split(',').filter((each) => /^(cleanup|retention)\./.test(each));
    progress(`topic ${topic} has ${own.join(', ')}`);
    return differs(`settings of ${topic}`, own, expected);
  });
}

/** A compacted topic comes to the newest event of each key, and takes none without a key. */
async function compaction({ client, progress }: Run): Promise<string[]> {
  const { topic } = Price;
  // A segment is otherwise compacted after seven days, or a gigabyte.
  const soon = 'segment.ms=500,min.cleanable.dirty.ratio=0.01';
  await client.tool(
    'kafka-configs',
    ...['--alter', '--entity-type', 'topics', '--entity-name', topic, '--add-config', soon],
  );
  for (const round of ['first', 'second', 'newest']) {
    await client.publish(topic, named(round));
  }
  await sleep(600);
  // The newest segment is not compacted: another one begins in each of the partitions.
  const later = Array.from({ length: 20 }, (_, index) => ({ key: `later-${index}`, value: '' }));
  await client.publish(topic, later);
  let found: string[] = [];
  for (let attempt = 0; attempt < 10 && found.length !== METERS.length; attempt++) {
    await sleep(1_000);
    const all = await client.receive(`reads-prices-${attempt}`, topic);
    found = all.filter(({ key }) => METERS.includes(key)).map(({ value }) => value);
  }
  progress(`topic ${topic} has ${found.join(', ')} of three rounds`);
  const expected = named('newest').map(({ value }) => value);
  const refused = await client.publish(topic, [{ key: null, value: 'x' }]).then(
    () => ['a compacted topic takes an event without a key'],
    () => [],
  );
  return [...differs(`events of ${topic}`, found, expected), ...refused];
}

/**
 * Groups start where they are declared to, and provisioning once more moves none. A group with members and without
 * offsets cannot be given a start: the Job says so.
 */
async function starts({ client, provision, progress }: Run): Promise<string[]> {
  const { topic } = Reading;
  const values = (...rounds: readonly string[]) =>
    rounds.flatMap((round) => named(round).map(({ value }) => value));
  await client.publish(topic, named('early'));
  await sleep(50);
  const time = new Date();
  await sleep(50);
  await client.publish(topic, named('late'));
  const first = await provision({
    ...{ 'reads-all': 'beginning', 'reads-new': 'now', 'reads-late': time },
  });
  progress(first.match(/^group .*$/gm)?.join('; ') ?? 'no group was given a start');
  await client.publish(topic, named('new'));

  const reading = await client.join('reads-already', topic, () => undefined, false);
  const again = await provision({
    ...{ 'reads-all': 'beginning', 'reads-new': time, 'reads-late': 'now', 'reads-already': 'now' },
  }).catch((error: unknown) => {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return stdout + stderr;
  });
  await reading.disconnect();
  const [reason] =
    /^group reads-already does not start in readings as declared.*/m.exec(again) ?? [];
  progress(`provisioned again with other starts: ${reason ?? again}`);

  const expected: Readonly<Record<string, readonly string[]>> = {
    'reads-all': values('early', 'late', 'new'),
    'reads-new': values('new'),
    'reads-late': values('late', 'new'),
  };
  const received = await Promise.all(
    Object.keys(expected).map(async (group) => {
      const events = (await client.receive(group, topic)).map(({ value }) => value);
      progress(`${group} received ${events.length} of 15 events`);
      return differs(`events of ${group}`, events, expected[group]!);
    }),
  );
  return [
    ...received.flat(),
    ...(again.includes(' starts in ') ? ['provisioning again gave a group another start'] : []),
    ...(reason === undefined ? [`the Job said ${again} of a group that reads already`] : []),
  ];
}

/** Retentions, starts and numbers of partitions on a Kafka of one node; what must not be. */
export async function verifyTopics(
  folder: string,
  progress: (text: string) => void,
): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const manifests = (where: Readonly<Record<string, StartPosition>>, count?: number) =>
    new Manifests(
      renderPlatform(declareMeters(where, count)).flatMap(({ objects }) => objects) as never,
    );
  try {
    const first = manifests({});
    const tools = ensureTools(['kafka']).kafka;
    const broker = await kafka.start({ manifests: first, secrets: [], folder, logs: folder });
    const [bootstrapServers] = Object.values(broker.addresses) as [string];
    const env = { ...TOOL_ENV, KAFKA_HOME: tools, BOOTSTRAP_SERVERS: bootstrapServers };
    const client = new KafkaClient(tools, bootstrapServers);
    const provision = (where: Readonly<Record<string, StartPosition>>, count?: number) =>
      runProvisioning(manifests(where, count), 'kafka-topics', folder, env);
    await provision({});
    const run: Run = { client, provision, progress };
    const failures: string[] = [];
    for (const step of [settings, compaction, starts]) {
      failures.push(...(await step(run)));
    }
    const grow = (count: number) => provision({}, count);
    failures.push(...(await partitions({ client, provision: grow, progress })));
    return failures.map((failure) => `topics: ${failure}`);
  } finally {
    await stopAll();
  }
}
