import { Duration, Size } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '@cdk8s-event-platform/contracts/internal';
import { DeclarationError } from '../../core/index.ts';
import { Environment } from '../../platform/index.ts';
import { TestPlatform } from '../../testing/fixtures.ts';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import { majority, natsSizingProblems, topicProblems } from './nats-checks.ts';
import { NatsJetStream } from './nats-jet-stream.ts';
import type { NatsJetStreamProps } from './nats-jet-stream-props.ts';
import { ORDERS } from '../../testing/topics.ts';

const on = (props: NatsJetStreamProps) =>
  new TestPlatform(
    Environment.local(),
    (platform) => new NatsJetStream(platform, 'nats', { replicas: 3, ...props }),
  );

describe('natsSizingProblems', () => {
  it('accepts exactly what has a majority without one server', () => {
    const count = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(count, count, (replicas, replicationFactor) => {
        const works =
          replicas % 2 === 1 &&
          [1, 3, 5].includes(replicationFactor) &&
          replicationFactor <= replicas;
        const problems = natsSizingProblems({ replicas, replicationFactor }, Size.mebibytes(1));
        expect(problems.length === 0).toBe(works);
      }),
    );
  });

  it('counts a majority', () => {
    expect([1, 3, 5].map(majority)).toEqual([1, 2, 3]);
  });

  it.each([
    [
      { replicas: 2 },
      'replicas (2) gives no usable majority of servers: use 1 for development, or an odd number of 3 or more',
    ],
    [
      { replicas: 0 },
      'replicas (0) gives no usable majority of servers: use 1 for development, or an odd number of 3 or more',
    ],
    [{ replicationFactor: 2 }, 'replicationFactor (2) must be 1, 3 or 5, which have a majority'],
    [
      { replicationFactor: 5 },
      'replicationFactor (5) exceeds the 3 servers: use at most 3, or more servers',
    ],
    [
      { replicas: 1, replicationFactor: 3 },
      'replicationFactor (3) exceeds the 1 server: use at most 1, or more servers',
    ],
    [
      { maxMessageSize: Size.mebibytes(64) },
      'maxMessageSize (65536 KiB) is more than NATS takes: use at most 63 MiB, better 8 MiB, and keep what is larger elsewhere',
    ],
    [{ maxInFlight: 0 }, 'maxInFlight (0) is not a number of events: use 1 or more, e.g. 30'],
    [{ maxInFlight: 1.5 }, 'maxInFlight (1.5) is not a number of events: use 1 or more, e.g. 30'],
    [
      { name: 'Nats' },
      "name 'Nats' is not a DNS label: use a-z, 0-9 and '-', starting with a letter and not ending in '-'",
    ],
  ] as [NatsJetStreamProps, string][])('refuses %o with value and remedy', (props, expected) => {
    expect(() => on(props)).toThrow(DeclarationError);
    expect(() => on(props)).toThrow(`test/nats: ${expected}`);
  });
});

describe('topicProblems', () => {
  const noSubject = (name: string) =>
    `topic '${name}' is not a NATS subject: use letters, digits, '_' and '-', with single dots between them, starting with a letter or digit`;

  it.each([
    [{ name: 'a..b' }, noSubject('a..b')],
    [{ name: '.a' }, noSubject('.a')],
    [{ name: 'a.' }, noSubject('a.')],
    [{ name: 'a b' }, noSubject('a b')],
    [{ name: 'a.>' }, noSubject('a.>')],
    [{ name: '*' }, noSubject('*')],
    [{ name: '_deliver.a.b' }, noSubject('_deliver.a.b')],
    [{ name: '$JS.API' }, noSubject('$JS.API')],
    [
      { name: 'a'.repeat(256) },
      `topic '${'a'.repeat(256)}' has 256 characters, and the name of a stream 255 at most: use a shorter topic or app id`,
    ],
    [{ partitions: 0 }, "topic 'orders' has 0 partitions: use 1 or more"],
    [
      { replicationFactor: 5 },
      "topic 'orders': replicationFactor (5) exceeds the 3 servers: use at most 3, or more servers",
    ],
    [
      { replicationFactor: 2 },
      "topic 'orders': replicationFactor (2) must be 1, 3 or 5, which have a majority",
    ],
    [
      { minInSyncReplicas: 3 },
      "topic 'orders': minInSyncReplicas (3) is more than JetStream waits for: it confirms when 2 of 3 copies have a message; use at most 2, or more copies",
    ],
    [
      { retention: Duration.millis(50) },
      "topic 'orders' keeps messages for 50 millis: use 1 second or more",
    ],
  ] as [Partial<TopicSpec>, string][])('refuses %o with value and remedy', (change, expected) => {
    expect(topicProblems([{ ...ORDERS, ...change }], 3)).toEqual([expected]);
  });

  it('finds two names exactly when they would be one stream', () => {
    const name = fc.stringMatching(/^[ab]([._]b){0,2}$/);
    fc.assert(
      fc.property(name, name, (a, b) => {
        fc.pre(a !== b);
        const same = a.replaceAll('.', '_') === b.replaceAll('.', '_');
        expect(
          topicProblems(
            [
              { ...ORDERS, name: a },
              { ...ORDERS, name: b },
            ],
            3,
          ),
        ).toEqual(
          same
            ? [
                `topics '${a}' and '${b}' differ only by '.' and '_', and would be one stream '${a.replaceAll('.', '_')}': rename one`,
              ]
            : [],
        );
      }),
    );
  });

  it('reports all problems of all topics together, behind the path of the broker', () => {
    const test = on({});
    const { broker } = test;
    broker.addTopic({ name: 'a.b', ...broker.topicDefaults, partitions: 0 });
    broker.addTopic({ name: 'a_b', ...broker.topicDefaults });
    expect(() => test.objects()).toThrow(
      new DeclarationError(
        test.platform,
        [
          'cannot be rendered:',
          "- test/nats: topic 'a.b' has 0 partitions: use 1 or more [EP3002]",
          "- test/nats: topics 'a.b' and 'a_b' differ only by '.' and '_', and would be one stream 'a_b': rename one [EP3002]",
        ].join('\n') as Problem,
      ),
    );
  });
});
