import { describe, expect, expectTypeOf, it } from 'vitest';
import { defineApp, manifestProblems } from './app-manifest.ts';
import { type CommandReply, defineCommand, type ReplyData } from './command.ts';
import { keptDifferences } from './compatibility/contract-changes.ts';
import { lockedContract } from './compatibility/locked-contract.ts';
import { contractDifferences } from './contract-differences.ts';
import { defineEvent, type EventData } from './event-contract.ts';

const base = {
  type: 'com.example.route.probe',
  version: '1.2.0',
  topic: 'route-probes',
  key: 'url',
  description: 'Asks whether something answers at a URL.',
  schema: {
    type: 'object',
    required: ['url'],
    properties: { url: { type: 'string', maxLength: 100 } },
  },
} as const;
const REPLY = {
  schema: {
    type: 'object',
    required: ['healthy'],
    properties: { healthy: { type: 'boolean' } },
  },
} as const;
const Probe = defineCommand({ ...base, reply: REPLY, priorities: ['urgent', 'bulk'] });
const Plain = defineCommand({ ...base, type: 'com.example.route.forget', topic: 'forget' });

function refusal(change: object): string {
  try {
    (defineCommand as (contract: unknown) => unknown)({ ...base, ...change });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('defineCommand', () => {
  it('returns frozen data with the contract of its answer', () => {
    expect(Object.isFrozen(Probe)).toBe(true);
    expect(Probe.command).toBe(true);
    expect(Probe.reply).toMatchObject({
      type: 'com.example.route.probe.reply',
      version: '1.2.0',
      topic: 'route-probes.replies',
      key: 'request_id',
    });
    expect(Plain).not.toHaveProperty('reply');
    expect(Plain).not.toHaveProperty('priorities');
  });

  it('has a topic for each priority, and one answer', () => {
    expect(Object.values(Probe.priorities).map(({ type, topic }) => [type, topic])).toEqual([
      ['com.example.route.probe.urgent', 'route-probes.urgent'],
      ['com.example.route.probe.bulk', 'route-probes.bulk'],
    ]);
    expect(Probe.priorities.urgent.reply).toBe(Probe.reply);
    expect(Probe.priorities.urgent).not.toHaveProperty('priorities');
  });

  it('gives data and answers the types of their schemas', () => {
    expectTypeOf<EventData<typeof Probe>>().toEqualTypeOf<{ url: string }>();
    expectTypeOf<CommandReply<typeof Probe>>().toEqualTypeOf<{ healthy: boolean }>();
    expectTypeOf<CommandReply<typeof Plain>>().toBeUndefined();
    expectTypeOf<EventData<(typeof Probe)['reply']>>().toEqualTypeOf<
      ReplyData<{ healthy: boolean }>
    >();
    // @ts-expect-error -- there is no such priority
    expect(Probe.priorities.low).toBeUndefined();
  });

  it('keeps definitions that an answer refers to', () => {
    const { reply } = defineCommand({
      ...base,
      reply: {
        schema: {
          type: 'object',
          properties: { state: { $ref: '#/definitions/state' } },
          definitions: { state: { enum: ['up', 'down'] } },
        },
      },
    });
    expect(reply.schema).toMatchObject({ definitions: { state: { enum: ['up', 'down'] } } });
  });

  it.each([
    [{ reply: { schema: { type: 'string' } } }, 'must be a JSON Schema of an object'],
    [{ reply: 'yes' }, 'must be an object with the schema of the answer'],
    [{ reply: { ...REPLY, topic: 'x' } }, "'reply.topic' is not known"],
    [
      {
        reply: {
          schema: { type: 'object', properties: { name: { type: 'string', pii: true } } },
        },
      },
      'which answers cannot hold',
    ],
    [{ priorities: 'urgent' }, "priorities ('urgent') must be a list"],
    [{ priorities: ['Urgent'] }, "priorities[0] ('Urgent') must be a name such as 'urgent'"],
    [{ priorities: ['replies'] }, 'not reply or replies'],
    [{ priorities: ['urgent', 'urgent'] }, "priorities lists 'urgent' twice"],
    [{ priorities: ['urgent'], ordered: true }, 'a command with priorities has no order'],
    [{ key: 'missing' }, "key 'missing' is not a property of the schema"],
    [{ topic: 'a'.repeat(148), reply: REPLY }, 'is not a portable topic name'],
  ])('refuses %j', (change, problem) => {
    expect(refusal(change)).toContain(problem);
  });

  it('refuses no contract at all', () => {
    expect(() => (defineCommand as (contract: unknown) => unknown)(undefined)).toThrow(
      'is not valid [EP2001]',
    );
  });
});

describe('a manifest with commands', () => {
  const app = { appId: 'app', description: 'Does.', port: 8080 };
  const types = (contracts: readonly { readonly type: string }[] = []) =>
    contracts.map(({ type }) => type.replace('com.example.route.', ''));

  it('publishes the answers of what it handles', () => {
    const { publishes, subscribes } = defineApp({ ...app, subscribes: [Probe] });
    expect(types(subscribes)).toEqual(['probe', 'probe.urgent', 'probe.bulk']);
    expect(types(publishes)).toEqual(['probe.reply']);
  });

  it('publishes what it asks, and receives the answers', () => {
    const { publishes, subscribes } = defineApp({ ...app, requests: [Probe] });
    expect(types(publishes)).toEqual(['probe', 'probe.urgent', 'probe.bulk']);
    expect(types(subscribes)).toEqual(['probe.reply']);
  });

  it('receives no answers where it waits for none', () => {
    expect(defineApp({ ...app, publishes: [Probe, Plain] })).not.toHaveProperty('subscribes');
  });

  it('is the same when it is declared twice', () => {
    const once = defineApp({ ...app, subscribes: [Plain], requests: [Probe] });
    expect(defineApp(once)).toEqual(once);
  });

  it('refuses requests that have no answer', () => {
    expect(() => defineApp({ ...app, requests: [Plain] })).toThrow(
      "requests lists 'com.example.route.forget', which has no answer: give the command a reply",
    );
    const Event = defineEvent({ ...base, type: 'com.example.route.probed' });
    expect(() => defineApp({ ...app, requests: [Event] })).toThrow('which has no answer');
  });

  it('has to be that of defineApp', () => {
    expect(manifestProblems({ ...app, subscribes: [Probe] })).toEqual([
      "subscribes lists the command 'com.example.route.probe', and publishes lacks its answer 'com.example.route.probe.reply': use defineApp, which adds it",
    ]);
  });
});

it('an event that may be lost is another contract than one that may not', () => {
  const weak = defineEvent({ ...base, delivery: 'at-most-once' });
  expect(keptDifferences(weak, defineEvent(base))).toEqual([
    "delivery ('at-most-once', and 'effect-once')",
  ]);
  expect(lockedContract(weak)).toMatchObject({ delivery: 'at-most-once' });
  expect(lockedContract(defineEvent(base))).not.toHaveProperty('delivery');
});

describe('an event that becomes a command', () => {
  const event = defineEvent(base);
  const command = defineCommand(base);

  it('is another contract', () => {
    expect(contractDifferences(event, command)).toEqual(['command (false and true)']);
    expect(keptDifferences(event, command)).toEqual(['command (false, and true)']);
  });

  it('differs from one with an answer', () => {
    expect(contractDifferences(command, defineCommand({ ...base, reply: REPLY }))).toEqual([
      "reply (undefined and 'com.example.route.probe.reply')",
    ]);
  });
});
