import type { BrokerSetting } from './broker.ts';
import { kafka, kafkaSecured } from './kafka.ts';
import { nats, natsCluster } from './nats.ts';
import { rabbitMq, rabbitMq3 } from './rabbitmq.ts';
import { redis, redis3 } from './redis.ts';

/** The brokers that a run can have, by the name on the command line. */
export const BROKERS = {
  kafka,
  'kafka-3': kafkaSecured,
  rabbitmq: rabbitMq,
  'rabbitmq-3': rabbitMq3,
  redis,
  'redis-3': redis3,
  nats,
  'nats-3': natsCluster,
} as const satisfies Record<string, BrokerSetting>;

/** Names of the brokers. */
export const BROKER_NAMES = Object.keys(BROKERS) as BrokerName[];

/** Name of a broker on the command line. */
export type BrokerName = keyof typeof BROKERS;
