import { describe, expect, it } from 'vitest';
import { defineApp } from './app-manifest.ts';
import { defineEvent } from './event-contract.ts';
import {
  defineStoredEvent,
  type StoredEventContract,
  type StoredEventData,
} from './stored-event.ts';
import { defineStreams } from './streams.ts';

const opened = (version: string) =>
  defineStoredEvent({
    type: 'com.example.account.opened',
    version,
    description: 'An account was opened.',
    schema: { type: 'object', required: ['owner'], properties: { owner: { type: 'string' } } },
  });

/** Without its types, as JavaScript calls it. */
const define = defineStoredEvent as (contract: unknown) => StoredEventContract;

describe('defineStoredEvent', () => {
  it('is frozen, and has the type of its data', () => {
    const contract = opened('1.0.0');
    const data: StoredEventData<typeof contract> = { owner: 'ann' };
    expect(contract).toMatchObject({ type: 'com.example.account.opened', version: '1.0.0' });
    expect(Object.isFrozen(contract)).toBe(true);
    expect(data.owner).toBe('ann');
  });

  it('lists every problem', () => {
    const wrong = {
      ...{ type: 'Opened', version: '1', description: 'x', topic: 'y' },
      schema: { type: 'object', properties: {} },
    };
    expect(() => define(wrong)).toThrow(
      /stored event 'Opened' is not valid \[EP2020\]:\n- 'topic'[^]*reverse-DNS[^]*- version '1'/,
    );
    expect(() => define(undefined)).toThrow('EP2020');
  });

  it.each([
    [{ subject: 'who' }, "subject 'who' must be a required property of the schema"],
    [{ name: { type: 'string', pii: true } }, 'subject is missing: the schema marks personal data'],
    [{ name: { type: 'string', claimCheck: true } }, 'schema marks a claimCheck'],
    [{ count: { type: 'integer' } }, 'count'],
    [{ name: { type: 'text' } }, '#/properties/name/type'],
  ])('refuses %o', ({ subject, ...properties }: Record<string, unknown>, problem) => {
    const contract = {
      ...{ type: 'a.b.c', version: '1.0.0', description: 'x' },
      ...(subject === undefined ? {} : { subject }),
      schema: { type: 'object', required: [], properties },
    };
    expect(() => define(contract)).toThrow(problem);
  });
});

describe('defineStreams', () => {
  const streams = (more: object) =>
    defineStreams({
      ...{ name: 'accounts', description: 'One account.', events: [opened('2.0.0')] },
      ...more,
    });

  it('is frozen', () => {
    expect(Object.isFrozen(streams({ earlier: [opened('1.0.0')] }))).toBe(true);
  });

  it.each([
    [{ name: 'Accounts' }, "name 'Accounts' is not a DNS label"],
    [{ events: [] }, 'events is empty'],
    [{ events: [{}] }, 'must be an event: use defineStoredEvent'],
    [
      { events: [opened('2.0.0'), opened('3.0.0')] },
      "events lists 'com.example.account.opened' twice",
    ],
    [{ earlier: [opened('2.1.0')] }, 'events has no newer major version of it'],
    [
      { earlier: [opened('1.0.0'), opened('1.1.0')] },
      "earlier lists 'com.example.account.opened@1' twice",
    ],
  ])('refuses %o', (more, problem) => {
    expect(() => streams(more)).toThrow(problem);
    expect(() => streams(more)).toThrow('EP2020');
  });
});

describe('an app with streams', () => {
  const app = (more: object) => defineApp({ appId: 'bank', description: 'x', port: 8080, ...more });
  const Accounts = defineStreams({ name: 'accounts', description: 'x', events: [opened('1.0.0')] });

  it('lists each once', () => {
    expect(() => app({ streams: [Accounts, Accounts] })).toThrow("streams lists 'accounts' twice");
    expect(() => app({ streams: [{ name: 'accounts' }] })).toThrow('use defineStreams');
  });

  it('publishes and keeps an event by one contract', () => {
    const published = (description: string) =>
      defineEvent({
        ...{ type: 'com.example.account.opened', version: '1.0.0', topic: 't', key: 'owner' },
        description,
        schema: {
          type: 'object',
          required: ['owner'],
          properties: { owner: { type: 'string', maxLength: 9 } },
        },
      });
    const kept = defineStreams({ name: 'accounts', description: 'x', events: [published('x')] });
    expect(app({ streams: [kept], publishes: [published('x')] }).appId).toBe('bank');
    expect(() => app({ streams: [kept], publishes: [published('y')] })).toThrow(
      "streams 'accounts' and publishes have two contracts of 'com.example.account.opened'",
    );
  });
});
