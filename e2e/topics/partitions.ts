import type { KafkaClient } from './kafka-client.ts';
import { Step, STEPS_GROUP } from './platform.ts';

/** What the step needs. */
export interface PartitionsRun {
  readonly client: KafkaClient;
  /** Runs the provisioning Job of a platform whose ordered topic has this many partitions; returns what it said. */
  readonly provision: (partitions: number) => Promise<string>;
  readonly progress: (text: string) => void;
}

const KEYS = Array.from({ length: 20 }, (_, index) => `meter-${index}`);

/** Why the Job failed; undefined when it did not. */
async function refusal(run: Promise<string>): Promise<string | undefined> {
  try {
    await run;
    return undefined;
  } catch (error) {
    const { stderr } = error as { readonly stderr: string };
    return /^topic steps .*/m.exec(stderr)?.[0] ?? stderr;
  }
}

/**
 * An ordered topic grows when its events are processed and none is published, and not before. With fewer partitions than
 * it has, the Job fails, and the topic has all of its events.
 */
export async function partitions({
  client,
  provision,
  progress,
}: PartitionsRun): Promise<string[]> {
  const { topic } = Step;
  const failures: string[] = [];
  const check = (holds: boolean, failure: string) => {
    if (!holds) {
      failures.push(failure);
    }
  };
  const count = async () => {
    const said = await client.tool('kafka-topics', '--describe', '--topic', topic);
    return Number(/PartitionCount: *(\d+)/.exec(said)?.[1]);
  };
  const expectRefused = async (declared: number, has: number, reason: string) => {
    const said = await refusal(provision(declared));
    progress(`with ${declared} partitions: ${said ?? 'provisioned'}`);
    check(said?.includes(reason) === true, `${declared} partitions of ${topic}: no '${reason}'`);
    check((await count()) === has, `${topic} has ${await count()} partitions, expected ${has}`);
  };
  const publish = (round: number, keys = KEYS) =>
    client.publish(
      topic,
      keys.map((key) => ({ key, value: String(round) })),
    );

  await provision(3);
  // One key is in one partition: the group has no offset in the others, and at first in none.
  await publish(1, KEYS.slice(0, 1));
  await expectRefused(6, 3, `group ${STEPS_GROUP} has 1 unprocessed events`);
  const received = await client.receive(STEPS_GROUP, topic);
  await publish(2);
  await expectRefused(6, 3, `group ${STEPS_GROUP} has ${KEYS.length} unprocessed events`);

  received.push(...(await client.receive(STEPS_GROUP, topic)));
  const publishing = setInterval(() => void publish(3).catch(() => undefined), 1_000);
  await expectRefused(6, 3, 'events are still published');
  clearInterval(publishing);

  received.push(...(await client.receive(STEPS_GROUP, topic)));
  progress((await provision(6)).trim().split('\n').at(-1)!);
  check((await count()) === 6, `${topic} has ${await count()} partitions, expected 6`);
  await publish(4);
  received.push(...(await client.receive(STEPS_GROUP, topic)));
  const disordered = KEYS.filter((key) => {
    const rounds = received.filter((event) => event.key === key).map(({ value }) => Number(value));
    return rounds.at(-1) !== 4 || rounds.some((round, index) => round < (rounds[index - 1] ?? 0));
  });
  check(disordered.length === 0, `events of ${disordered.join(', ')} lost their order`);
  progress(`${received.length} events of ${KEYS.length} keys came in the order of each key`);

  await expectRefused(3, 6, 'has 6 partitions and 3 are declared');
  const all = await client.receive('reads-all-steps', topic);
  check(all.length === received.length, `${topic} has ${all.length} of ${received.length} events`);
  return failures;
}
