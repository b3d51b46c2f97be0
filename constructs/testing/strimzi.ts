import { StrimziKafka } from '../broker/strimzi/strimzi-kafka.ts';
import type { StrimziKafkaProps } from '../broker/strimzi/strimzi-props.ts';
import { type AnyManifest, inProduction, TestPlatform } from './fixtures.ts';

/** An environment with a database that somebody else runs. */
export const production = inProduction({ postgres: { host: 'postgres.example.com' } });

/** A platform with a producer and a consumer on a Kafka of Strimzi. */
export function strimzi(
  props: StrimziKafkaProps = {},
  environment = production,
): TestPlatform<StrimziKafka> {
  const test = new TestPlatform(
    environment,
    (platform) => new StrimziKafka(platform, 'kafka', props),
  );
  test.producer();
  test.consumer();
  return test;
}

/** Specification of the `Kafka`. */
export const kafkaOf = (test: TestPlatform<StrimziKafka>) =>
  test.object('Kafka', 'kafka').spec as AnyManifest;
