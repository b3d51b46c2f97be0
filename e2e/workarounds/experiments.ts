import { bulkLock } from './bulk-lock.ts';
import { bulkRabbitMq } from './bulk-rabbitmq.ts';
import { bulkRedis } from './bulk-redis.ts';
import { deadLetterLost } from './dead-letter-lost.ts';
import { earlyAck } from './early-ack.ts';
import type { Experiment } from './experiment.ts';
import { givesUp } from './gives-up.ts';
import { keptDeliveries } from './kept-deliveries.ts';
import { namespacedTopics } from './namespaced-topics.ts';
import { resubscribe } from './resubscribe.ts';
import { tombstone } from './tombstone.ts';
import { unconfirmed } from './unconfirmed.ts';
import { unrouted } from './unrouted.ts';
import type { WorkaroundName } from './workarounds.ts';

/** The experiment of each workaround. */
export const EXPERIMENTS: Readonly<Record<WorkaroundName, Experiment>> = {
  resubscribe,
  'bulk-lock': bulkLock,
  unrouted,
  tombstone,
  'kept-deliveries': keptDeliveries,
  unconfirmed,
  'bulk-rabbitmq': bulkRabbitMq,
  'bulk-redis': bulkRedis,
  'dead-letter-lost': deadLetterLost,
  'early-ack': earlyAck,
  'gives-up': givesUp,
  'namespaced-topics': namespacedTopics,
};
