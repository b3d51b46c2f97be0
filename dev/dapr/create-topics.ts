import type { RealBroker } from './real-broker.ts';

/**
 * Creates the topics that a broker lacks. Redis has them once something is published.
 *
 * @param topics partitions by the name of the topic.
 * @throws Error when the broker cannot be reached.
 */
export async function createTopics(
  { kind, address }: RealBroker,
  topics: ReadonlyMap<string, number>,
): Promise<void> {
  if (kind !== 'kafka') {
    return;
  }
  const { Kafka, logLevel } = await import('kafkajs');
  const client = new Kafka({
    ...{ brokers: [address], logLevel: logLevel.NOTHING },
    ...{ connectionTimeout: 2_000, retry: { retries: 2 } },
  });
  const admin = client.admin();
  try {
    await admin.connect();
    const known = new Set(await admin.listTopics());
    const missing = [...topics].flatMap(([topic, numPartitions]) =>
      known.has(topic) ? [] : [{ topic, numPartitions }],
    );
    await admin.createTopics({ topics: missing, waitForLeaders: true });
  } catch (error) {
    throw new Error(
      `no topics can be created in Kafka at ${address}: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  } finally {
    await admin.disconnect();
  }
}
