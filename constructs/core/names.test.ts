import { App } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineApp } from '@cdk8s-event-platform/contracts';
import {
  type EventPlatform,
  type IMessageBroker,
  KafkaCluster,
  NatsJetStream,
  RabbitMqCluster,
  RedisStreams,
} from '../index.ts';
import { inProduction, orderProcessor, shop, TestPlatform } from '../testing/fixtures.ts';
import { limitProblems } from './kubernetes-limits.ts';
import { labelValueProblem, subdomainProblem } from './kubernetes-syntax.ts';
import {
  commonLabels,
  derivedName,
  requireDnsLabel,
  selectorLabels,
  shortHash,
  WORKLOAD_LABEL,
} from './names.ts';

/** Every broker of ours, by a name. */
const BROKERS: readonly ((scope: EventPlatform, name: string) => IMessageBroker)[] = [
  (scope, name) => new KafkaCluster(scope, 'broker', { name }),
  (scope, name) => new RabbitMqCluster(scope, 'broker', { name }),
  (scope, name) => new RedisStreams(scope, 'broker', { name }),
  (scope, name) => new NatsJetStream(scope, 'broker', { name }),
];

const scope = new Construct(new App(), 'scope');

function refused(name: string, maxLength?: number): string | undefined {
  try {
    requireDnsLabel(scope, 'name', name, maxLength);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const inner = fc.stringMatching(/^[a-z0-9-]{0,61}$/);
const label = fc.stringMatching(/^[a-z]$|^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);

describe('requireDnsLabel', () => {
  it('gives back every DNS label', () => {
    fc.assert(
      fc.property(label, (name) => {
        expect(requireDnsLabel(scope, 'name', name)).toBe(name);
      }),
    );
  });

  it('accepts nothing that the API server would refuse', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), inner), (name) => {
        fc.pre(refused(name) === undefined);
        expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
        expect(name.length).toBeLessThanOrEqual(63);
      }),
    );
  });

  it('names construct, value and remedy, whatever character is wrong', () => {
    const wrong = fc.string({ minLength: 1, maxLength: 1 }).filter((c) => !/[a-z0-9-]/.test(c));
    fc.assert(
      fc.property(inner, wrong, inner, (before, character, after) => {
        const name = `a${before}${character}${after}`;
        expect(refused(name)).toBe(
          `scope: name '${name}' is not a DNS label: use a-z, 0-9 and '-', starting with a letter and not ending in '-' [EP1002]`,
        );
      }),
    );
  });

  it('counts to its limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 63 }), (limit) => {
        expect(refused('a'.repeat(limit), limit)).toBeUndefined();
        expect(refused('a'.repeat(limit + 1), limit)).toBe(
          `scope: name '${'a'.repeat(limit + 1)}' has ${limit + 1} characters, at most ${limit} are possible: choose a shorter name [EP1002]`,
        );
      }),
    );
  });

  it.each(['a\n', 'a.b', '-a', 'a-', 'ä', 'A'])('refuses %j', (name) => {
    expect(refused(name)).toMatch(/is not a DNS label/);
  });
});

describe('shortHash', () => {
  it('is ten hexadecimal digits, the same for equal values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const hash = shortHash(value);
        expect(hash).toMatch(/^[0-9a-f]{10}$/);
        expect(shortHash(JSON.parse(JSON.stringify(value)))).toBe(hash);
      }),
    );
  });

  it('is another for another value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(shortHash(a)).not.toBe(shortHash(b));
      }),
    );
  });
});

it('the labels of a workload contain those that select it', () => {
  expect(commonLabels('shop', 'producer')).toEqual({
    'app.kubernetes.io/name': 'shop',
    'app.kubernetes.io/component': 'producer',
    'app.kubernetes.io/part-of': 'event-platform',
    'app.kubernetes.io/managed-by': 'cdk8s',
  });
  expect(commonLabels('shop', 'producer')).toMatchObject(selectorLabels('shop'));
});

describe('names that are made of others', () => {
  it('stay as they are where they fit, and end in a hash where they do not', () => {
    expect(derivedName('shop', 'order.placed_Now')).toBe('shop-order-placed--ow');
    expect(derivedName('shop', 'orders_')).toMatch(/^shop-orders-[0-9a-f]{10}$/);
    expect(derivedName('a', 'b'.repeat(300))).toMatch(/^a-b{240}-[0-9a-f]{10}$/);
    expect(derivedName('a', 'b'.repeat(300))).not.toBe(derivedName('a', 'b'.repeat(301)));
  });

  it('are names of objects, whatever they are made of', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        expect(subdomainProblem(derivedName('a', text))).toBeUndefined();
        expect(
          labelValueProblem(commonLabels(`a${derivedName(text, 'b')}`, 'x')[WORKLOAD_LABEL]!),
        ).toBeUndefined();
      }),
    );
  });

  it.each([54, 58])(
    'of an app id of %i characters are taken, as is the longest of a broker',
    (length) => {
      for (const make of BROKERS) {
        const test = new TestPlatform(
          inProduction({ postgres: { host: 'db.example.com' } }),
          (platform) => make(platform, 'b'.repeat(40)),
        );
        test.producer(defineApp({ ...shop, appId: 'p'.repeat(length) }));
        test.consumer(
          { scaling: length > 54 ? false : {} },
          defineApp({ ...orderProcessor, appId: 'c'.repeat(length) }),
        );
        const objects = test.objects();
        expect(objects.flatMap((object) => limitProblems(object))).toEqual([]);
        const jobs = objects
          .filter(({ kind }) => kind === 'Job')
          .map(({ metadata }) => metadata.name);
        expect(jobs.every((name) => name.length <= 63)).toBe(true);
      }
    },
  );
});
