import { expect, it } from 'vitest';
import { TaskCreated } from '../../tasks/events/index.ts';
import { consumer, each } from './consumer.ts';

const manifest = { appId: 'app', description: '', port: 8080, subscribes: [TaskCreated] };
const handler = each(TaskCreated, () => Promise.resolve());

it('joins a manifest and its handlers', () => {
  expect([...consumer(manifest, handler).handlers.keys()]).toEqual([`${TaskCreated.type}@1`]);
});

it('refuses a type without a handler, with two, and a handler without a subscription', () => {
  expect(() => consumer(manifest)).toThrow(
    /app: no handler for com\.myapp\.task\.created@1: add one/,
  );
  expect(() => consumer(manifest, handler, handler)).toThrow(/two handlers.*keep one/);
  expect(() => consumer({ ...manifest, subscribes: [] }, handler)).toThrow(
    /handler for com\.myapp\.task\.created@1, which is not subscribed to: add its contract/,
  );
});
