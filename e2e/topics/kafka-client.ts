import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Consumer, Kafka, logLevel } from 'kafkajs';

const run = promisify(execFile);
/** Time without a message after which no further one is expected, in milliseconds. */
const SILENCE = 1_500;

/** For Kafka's tools, which run for a moment and have little to do. */
export const TOOL_ENV: NodeJS.ProcessEnv = {
  ...process.env,
  KAFKA_HEAP_OPTS: '-Xmx128m',
  KAFKA_JVM_PERFORMANCE_OPTS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto',
};

/** A client of a Kafka without accounts, and Kafka's own tools. */
export class KafkaClient {
  readonly #kafka: Kafka;

  public constructor(
    private readonly tools: string,
    private readonly bootstrapServers: string,
  ) {
    this.#kafka = new Kafka({
      brokers: bootstrapServers.split(','),
      logLevel: logLevel.NOTHING,
    });
  }

  /** Runs a tool, and returns what it says. */
  public async tool(name: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await run(
      join(this.tools, 'bin', `${name}.sh`),
      ['--bootstrap-server', this.bootstrapServers, ...args],
      { env: TOOL_ENV },
    );
    return stdout;
  }

  /** Publishes values, each under its key. */
  public async publish(
    topic: string,
    messages: readonly { readonly key: string | null; readonly value: string | null }[],
  ): Promise<void> {
    const producer = this.#kafka.producer({ retry: { retries: 3 } });
    await producer.connect();
    try {
      await producer.send({ topic, messages: [...messages] });
    } finally {
      await producer.disconnect();
    }
  }

  /** Joins a group as a sidecar does: it begins at the oldest message where the group has no offset. */
  public async join(
    group: string,
    topic: string,
    onMessage: (value: string, key: string) => void,
    commit = true,
  ): Promise<Consumer> {
    const consumer = this.#kafka.consumer({ groupId: group });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const joined = new Promise((resolve) => consumer.on('consumer.group_join', resolve));
    await consumer.run({
      autoCommit: commit,
      eachMessage: ({ message }) => {
        onMessage(message.value?.toString() ?? '', message.key?.toString() ?? '');
        return Promise.resolve();
      },
    });
    await joined;
    return consumer;
  }

  /** What a group gets until there is nothing more, with its key, in the order in which it comes. */
  public async receive(group: string, topic: string): Promise<{ key: string; value: string }[]> {
    const received: { key: string; value: string }[] = [];
    const consumer = await this.join(group, topic, (value, key) => received.push({ key, value }));
    for (let count = -1; count !== received.length;) {
      count = received.length;
      await sleep(SILENCE);
    }
    await consumer.disconnect();
    return received;
  }
}
