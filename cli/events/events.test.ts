import { afterEach, describe, expect, it, vi } from 'vitest';
import { defineEvent } from '@cdk8s-event-platform/contracts';
import { UsageError } from '../command-line.ts';
import { main } from '../event-platform.ts';
import { parseFrom } from '../cluster/chosen-platform.ts';
import { contractOfType, recordCheck, topicOf } from './event-checks.ts';
import { eventToPublish, readData } from './publish.ts';
import { isWanted, recordText } from './tail.ts';

const OrderPlaced = defineEvent({
  type: 'com.example.order.placed',
  version: '1.1.0',
  topic: 'orders',
  key: 'customer_id',
  description: 'A customer has placed an order.',
  schema: {
    type: 'object',
    required: ['customer_id'],
    properties: { customer_id: { type: 'string', maxLength: 64 }, items: { type: 'string' } },
  },
});
const NewOrderPlaced = defineEvent({ ...OrderPlaced, version: '2.0.0' });
const Registered = defineEvent({
  ...OrderPlaced,
  type: 'com.example.customer.registered',
  topic: 'customers',
  schema: {
    type: 'object',
    required: ['customer_id'],
    properties: {
      customer_id: { type: 'string', maxLength: 64 },
      name: { type: 'string', pii: true } as never,
    },
  },
});
const CONTRACTS = [OrderPlaced, NewOrderPlaced, Registered];

afterEach(() => vi.restoreAllMocks());

describe('an event that is published by hand', () => {
  it('has what an app gives it', () => {
    const time = '2026-11-28T12:00:00Z';
    const data = { customer_id: 'c1', items: 'tea' };
    expect(eventToPublish(OrderPlaced, { data, id: 'one', time })).toEqual({
      topic: 'orders',
      key: 'c1',
      event: {
        ...{ specversion: '1.0', id: 'one', source: '/event-tools', time, data },
        type: 'com.example.order.placed',
        datacontenttype: 'application/json',
        dataschema: 'urn:event-platform:com.example.order.placed:1.1.0',
      },
    });
  });

  it('takes its key from the command line where the data have none', () => {
    expect(eventToPublish(OrderPlaced, { data: {}, key: 'c2' }).event.data).toEqual({
      customer_id: 'c2',
    });
  });

  it.each([
    [{ data: { customer_id: 7 } }, 'data/customer_id must be string'],
    [{ data: {} }, "must have required property 'customer_id'"],
    [{ data: 7 }, 'the data do not match com.example.order.placed 1.1.0: data must be object'],
    [
      { data: { customer_id: 'c1' }, key: 'c2' },
      "--key 'c2' is not the customer_id of the data ('c1'): leave one out",
    ],
  ])('is refused when its data are not right: %j', (options, reason) => {
    expect(() => eventToPublish(OrderPlaced, options)).toThrow(reason);
  });

  it('takes the parts of its composite key from the command line', () => {
    const text = { type: 'string', maxLength: 20 } as const;
    const routes = defineEvent({
      ...{ type: 'com.example.route.active', version: '1.0.0', topic: 'routes' },
      key: ['tenant', 'version'],
      description: 'A route is active.',
      schema: {
        type: 'object',
        required: ['tenant', 'version'],
        properties: { tenant: text, version: { type: 'integer', minimum: 0, maximum: 9 } },
      },
    });
    expect(eventToPublish(routes, { data: {}, key: 'a%3Ab:7' })).toMatchObject({
      key: 'a%3Ab:7',
      event: { data: { tenant: 'a:b', version: 7 } },
    });
    expect(eventToPublish(routes, { data: { tenant: 'c', version: 1 }, key: 'c:1' }).key).toBe(
      'c:1',
    );
    const publish = (key: string) => () => eventToPublish(routes, { data: { tenant: 'c' }, key });
    expect(publish('d:1')).toThrow("--key 'd:1' is not the tenant of the data ('c')");
    for (const key of ['c', 'c:1:2', 'c%:1']) {
      expect(publish(key)).toThrow(
        `--key '${key}' is not of the form tenant:version: give 2 values with ':' between them, and %25 for % and %3A for : in a value`,
      );
    }
    expect(publish('c:x')).toThrow(/version must be integer/);
  });

  it('is refused when it may hold personal data', () => {
    const publish = () => eventToPublish(Registered, { data: { customer_id: 'c1', name: 'Ann' } });
    expect(publish).toThrow('hold personal data, which apps encrypt with keys that only they have');
  });

  it('is of the newest version, unless another one is named', () => {
    expect(contractOfType(CONTRACTS, OrderPlaced.type)).toBe(NewOrderPlaced);
    expect(contractOfType(CONTRACTS, OrderPlaced.type, '1.1.0')).toBe(OrderPlaced);
    expect(() => contractOfType(CONTRACTS, OrderPlaced.type, '3.0.0')).toThrow(
      "event 'com.example.order.placed' has no version '3.0.0': use one of 2.0.0, 1.1.0",
    );
    expect(() => contractOfType(CONTRACTS, 'com.example.x')).toThrow(UsageError);
  });

  it('has data from the command line, a file or standard input', () => {
    const read = (path: string | number) => JSON.stringify({ read: path });
    expect(readData('{"a":1}', read)).toEqual({ a: 1 });
    expect(readData('@order.json', read)).toEqual({ read: 'order.json' });
    expect(readData('-', read)).toEqual({ read: 0 });
    expect(() => readData('{', read)).toThrow(/^--data is not JSON: /);
    expect(() => readData('@order.json', () => '{')).toThrow("'order.json' is not JSON");
  });
});

describe('an event of a topic', () => {
  const check = recordCheck(CONTRACTS);
  const record = (value: unknown) =>
    check({ position: '0:1', value: Buffer.from(JSON.stringify(value)) });
  const event = {
    ...{ specversion: '1.0', id: 'one', source: '/shop', type: OrderPlaced.type },
    time: '2026-11-28T12:00:00Z',
    dataschema: 'urn:event-platform:com.example.order.placed:1.1.0',
    data: { customer_id: 'c1' },
  };

  it('is told with its key and the verdict of its schema', () => {
    expect(record(event)).toMatchObject({ id: 'one', key: 'c1', problems: [] });
    expect(recordText(record(event))).toBe(
      '2026-11-28T12:00:00Z  0:1  com.example.order.placed  one  key c1  ok\n  {"customer_id":"c1"}',
    );
  });

  it.each([
    [{ ...event, data: {} }, "data must have required property 'customer_id'"],
    [{ ...event, type: 'com.example.x' }, 'no contract is of type com.example.x'],
    [
      { ...event, dataschema: 'urn:event-platform:com.example.order.placed:9.0.0' },
      'no contract has the version of urn:event-platform:com.example.order.placed:9.0.0',
    ],
    [{ a: 1 }, 'it is not a CloudEvent'],
    [null, 'it is not a CloudEvent'],
  ])('may be wrong', (value, problem) => {
    expect(record(value).problems).toEqual([problem]);
  });

  it('may be none at all', () => {
    expect(check({ position: '1', value: Buffer.from('{') }).problems).toEqual(['it is not JSON']);
    expect(check({ position: '1', value: undefined }).problems).toEqual(['it has no value']);
  });

  it('is chosen by type, key and verdict', () => {
    const good = record(event);
    const bad = record({ ...event, data: {} });
    expect(isWanted(good, { key: 'c1', invalid: false })).toBe(true);
    expect(isWanted(good, { key: 'c2', invalid: false })).toBe(false);
    expect(isWanted(good, { type: Registered.type, invalid: false })).toBe(false);
    expect([good, bad].map((each) => isWanted(each, { invalid: true }))).toEqual([false, true]);
  });
});

it('finds the topic of a type, a topic, and dead letters', () => {
  expect(topicOf(CONTRACTS, 'orders')).toBe('orders');
  expect(topicOf(CONTRACTS, OrderPlaced.type)).toBe('orders');
  expect(topicOf(CONTRACTS, 'orders.billing.dlq')).toBe('orders.billing.dlq');
  expect(() => topicOf(CONTRACTS, 'nothing')).toThrow("no event 'nothing': use one of");
});

describe('where a reader starts', () => {
  it('is a word, a time, or how long ago', () => {
    expect(parseFrom('beginning')).toBe('beginning');
    expect(parseFrom('2026-11-28T12:00:00Z')).toEqual(new Date('2026-11-28T12:00:00Z'));
    const hours = (Date.now() - (parseFrom('2h') as Date).getTime()) / 3_600_000;
    expect(Math.round(hours)).toBe(2);
  });

  it.each(['yesterday', '2w', '2026-13-01', '7'])('is not %s', (text) => {
    expect(() => parseFrom(text)).toThrow(`--from '${text}' is not a start`);
  });
});

describe('event-platform', () => {
  it.each([
    [['events'], 'events needs a command: use publish, tail or replay'],
    [['events', 'delete'], "no command 'events delete'"],
    [['events', 'publish'], 'events publish takes the type of one event'],
    [['events', 'publish', 'a.b.c'], '--data is missing'],
    [
      ['events', 'publish', 'a.b.c', '--data', '{}', '--dev', '--id', '1'],
      '--id cannot be set with --dev, which makes them itself: leave them out',
    ],
    [['events', 'tail', 'a', 'b'], "events tail takes one type or topic, not 'a b'"],
    [['events', 'tail', 'a', '--limit', '0'], "--limit '0' is not a number of events"],
    [['events', 'replay', 'billing', '--topic', 'orders', '--for-real'], '--from is missing'],
    [
      ['events', 'replay', 'billing', '--from', 'now'],
      'use one of --to-file FILE, --scratch MODULE and --for-real',
    ],
    [
      ['state', 'set', 'a', 'b'],
      "use `state get STORE KEY` or `state keys STORE`, not 'state set a b'",
    ],
    [['doctor', 'a', 'b'], "doctor takes one environment, not 'a b'"],
    [['clean-up', '--data'], '--data deletes what cannot be made again: use it with --yes'],
  ])('%s is refused in one line', async (args, message) => {
    const refused = main(args);
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(message);
  });

  it.each([
    [
      ['events', '--help'],
      ['publish', 'tail', 'replay'],
    ],
    [
      ['events', 'publish', '--help'],
      ['--data', '--key', '--dev', '--context'],
    ],
    [
      ['events', 'tail', '--help'],
      ['--from', '--invalid', '--once'],
    ],
    [
      ['events', 'replay', '--help'],
      ['--for-real', '--to-file', '--yes', '--dry-run'],
    ],
    [
      ['state', '--help'],
      ['STORE KEY', 'keys STORE', '--prefix', '--limit', '--context'],
    ],
    [
      ['doctor', '--help'],
      ['ENVIRONMENT', '--max-lag', '--json'],
    ],
    [
      ['clean-up', '--help'],
      ['--yes', '--data', '--all'],
    ],
  ])('%s teaches its options', async (args, options) => {
    const log = vi.spyOn(console, 'log').mockReturnValue();
    expect(await main(args)).toBe(0);
    const [[text]] = log.mock.calls as [[string]];
    options.forEach((option) => expect(text).toContain(option));
  });
});
