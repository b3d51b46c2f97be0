import { expect, it } from 'vitest';
import { createTopics } from './create-topics.ts';

it('says which Kafka cannot be reached', async () => {
  const broker = { kind: 'kafka', address: '127.0.0.1:1' } as const;
  await expect(createTopics(broker, new Map([['orders', 3]]))).rejects.toThrow(
    /^no topics can be created in Kafka at 127\.0\.0\.1:1: /,
  );
});

it('creates none in Redis', async () => {
  await createTopics({ kind: 'redis', address: '127.0.0.1:1' }, new Map([['orders', 3]]));
});
