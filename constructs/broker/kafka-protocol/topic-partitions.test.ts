import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration } from 'cdk8s';
import { afterEach, describe, expect, it } from 'vitest';
import { topicScript } from './topic-script.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

/** What Kafka's tools say of a topic with two partitions. */
interface Answers {
  /** Lines of `kafka-consumer-groups.sh --describe`, or how it fails. */
  readonly groups?: readonly string[];
  readonly groupsFail?: boolean;
  /** Groups that the platform declares, which start at the first event. */
  readonly readers?: readonly string[];
  /** Configs of both topics. */
  readonly configs?: string;
  /** Offsets of the first events. */
  readonly earliest?: readonly number[];
  /** Offsets of the next events at each look. */
  readonly latest?: readonly (readonly number[])[];
}

const HEAD = 'GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG';

/** Runs the script for the topic `orders`, with Kafka's tools as files that answer. */
function run(declared: number, ordered: boolean, answers: Answers = {}) {
  const { groups = [], groupsFail = false, earliest = [0, 0] } = answers;
  const { latest = [[8, 5]], readers = [], configs = '' } = answers;
  const folder = mkdtempSync(join(tmpdir(), 'topic-script-'));
  folders.push(folder);
  mkdirSync(join(folder, 'bin'));
  const file = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const tool = (name: string, script: string) => {
    file(`bin/${name}.sh`, `#!/bin/bash\necho "${name} $*" >> ${folder}/calls\n${script}\n`);
    chmodSync(join(folder, `bin/${name}.sh`), 0o755);
  };
  const offsets = (values: readonly number[]) =>
    values.map((offset, partition) => `orders:${partition}:${offset}\n`).join('');
  file('calls', '');
  file('earliest', offsets(earliest));
  latest.forEach((values, index) => file(`latest-${index}`, offsets(values)));
  file('groups', [HEAD, ...groups, ''].join('\n'));
  tool(
    'kafka-topics',
    `case " $* " in *--describe*) printf 'Topic: %s\\tTopicId: x\\tPartitionCount: %s\\tReplicationFactor: 3\\tConfigs: %s\\n\\tTopic: %s\\tPartition: 0\\n' orders 2 '${configs}' orders prices 4 '${configs}' prices ;; esac`,
  );
  tool('kafka-configs', '');
  tool('kafka-consumer-groups', `cat ${folder}/groups; exit ${groupsFail ? 1 : 0}`);
  tool(
    'kafka-get-offsets',
    `case " $* " in
  *' earliest '*) cat ${folder}/earliest; exit ;;
esac
if [ -e ${folder}/looked ]; then cat ${folder}/latest-${latest.length - 1}; else cat ${folder}/latest-0; fi
touch ${folder}/looked`,
  );
  const sizes = { replicationFactor: 3, minInSyncReplicas: 2, retention: Duration.days(7) };
  const topics = [
    { name: 'orders', partitions: declared, ordered, ...sizes },
    { name: 'prices', partitions: 4, ...sizes },
  ];
  const starts = readers.map((group) => ({ topic: 'orders', group, start: 'beginning' as const }));
  const script = topicScript('kafka:9092', topics, undefined, starts);
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
    env: { PATH: process.env.PATH, KAFKA_HOME: folder, DRAIN_SECONDS: '0' },
    encoding: 'utf8',
  });
  const calls = readFileSync(join(folder, 'calls'), 'utf8').split('\n');
  const changes = calls
    .filter((call) => call.includes('--alter') || call.includes('--create'))
    .map((call) => call.replace(/--bootstrap-server \S+ --command-config \S+ /, ''));
  const looks = calls.filter((call) => call.startsWith('kafka-get-offsets')).length;
  return { status, stdout, stderr, changes, looks };
}

const GROWN = 'kafka-topics --alter --topic orders --partitions 6';
const CONFIGURED = ['orders', 'prices'].map((name): unknown =>
  expect.stringContaining(`--entity-name ${name} `),
);
const DONE = '2 topics are as declared\n';

describe('a topic that shall have more partitions', () => {
  it.each([
    ['all is processed', { groups: ['shop orders 0 8 8 0', 'shop orders 1 5 5 0'] }],
    ['no group reads it', { groups: ['shop prices 0 1 8 7'] }],
    [
      'groups read no more than what expired',
      { groups: ['shop orders 0 - 8 -', 'old orders 1 2 5 3'], earliest: [8, 5] },
    ],
    ['it is empty', { groups: ['shop orders 0 - 0 -'], latest: [[0, 0]] }],
    [
      'declared groups have processed all',
      { groups: ['shop orders 0 8 8 0', 'shop orders 1 5 5 0'], readers: ['shop'] },
    ],
    [
      'a group is at the end, which the first look did not see yet',
      { groups: ['shop orders 0 9 9 0', 'shop orders 1 5 5 0'] },
    ],
  ])('grows when it is ordered and %s', (_name, answers) => {
    expect(run(6, true, answers)).toEqual({
      ...{ status: 0, stdout: DONE, stderr: '', looks: 3 },
      changes: [GROWN, ...CONFIGURED],
    });
  });

  it.each([
    [
      'groups are behind',
      {
        groups: ['shop orders 0 3 8 5', 'shop orders 1 4 5 1', 'mail orders 0 8 8 0'],
        earliest: [1, 3],
      },
      'group shop has 6 unprocessed events; group mail has 2 unprocessed events',
    ],
    [
      // The other partition was not read since the group began, so Kafka has no line for it.
      'a group has an offset in one partition only',
      { groups: ['shop orders 0 8 8 0'] },
      'group shop has 5 unprocessed events',
    ],
    [
      'a group is behind in one partition, and ahead of the look in the other',
      { groups: ['shop orders 0 12 12 0', 'shop orders 1 3 5 2'] },
      'group shop has 2 unprocessed events',
    ],
    [
      'a declared group has never connected',
      {
        groups: ['mail orders 0 8 8 0', 'mail orders 1 5 5 0'],
        readers: ['mail', 'shop'],
        earliest: [6, 4],
      },
      'group shop has 3 unprocessed events',
    ],
    [
      'a group has not read anything',
      { groups: ['shop orders 0 - 8 -', 'shop orders 1 - 5 -'], earliest: [2, 0] },
      'group shop has 11 unprocessed events',
    ],
    [
      'events are published',
      {
        groups: ['shop orders 0 8 8 0', 'shop orders 1 5 5 0'],
        latest: [
          [8, 5],
          [8, 6],
        ],
      },
      'events are still published',
    ],
  ])('is refused when it is ordered and %s, and all else is done', (_name, answers, reason) => {
    const { status, stdout, stderr, changes } = run(6, true, answers);
    expect({ status, stdout, changes }).toEqual({ status: 1, stdout: '', changes: CONFIGURED });
    expect(stderr).toBe(
      `topic orders has 2 partitions and shall have 6, which moves keys to other partitions while their order is needed: ${reason}; scale its producers to 0, wait until every group has 0 unprocessed events, delete this Job and apply it again. A group that is used no more can be deleted\n`,
    );
  });

  it.each([
    ['offsets of groups', { groups: ['Error: TimeoutException'], groupsFail: true }, /Timeout/],
    ['ends of partitions', { latest: [[8]] }, /has 2 partitions, and offsets of these: orders:0:8/],
  ])('stays as it is while nobody knows the %s', (_name, answers, message) => {
    const { status, stderr, changes } = run(6, true, answers);
    expect({ status, changes }).toEqual({ status: 1, changes: [] });
    expect(stderr).toMatch(message);
  });

  it('grows at once when it is not ordered', () => {
    const behind = { groups: ['shop orders 0 3 8 5'] };
    expect(run(6, false, behind)).toMatchObject({
      ...{ status: 0, stdout: DONE, looks: 0 },
      changes: [GROWN, ...CONFIGURED],
    });
  });
});

it.each([true, false])('a topic never loses a partition, be it ordered (%s) or not', (ordered) => {
  const { status, stderr, changes } = run(1, ordered);
  expect({ status, changes }).toEqual({ status: 1, changes: CONFIGURED });
  expect(stderr).toBe(
    'topic orders has 2 partitions and 1 are declared: Kafka removes no partition, since its events would be lost, and nothing was changed: declare at least 2 partitions, or a topic of another name\n',
  );
});

it('a topic with as many partitions as declared is not looked at', () => {
  expect(run(2, true)).toMatchObject({ status: 0, stdout: DONE, looks: 0, changes: CONFIGURED });
});

it('waits for the groups of a topic that do not start now', () => {
  const sizes = { replicationFactor: 3, minInSyncReplicas: 2, retention: Duration.days(7) };
  const script = topicScript(
    'kafka:9092',
    [
      { name: 'orders', partitions: 6, ordered: true, ...sizes },
      { name: 'prices', partitions: 6, ordered: true, ...sizes },
    ],
    undefined,
    [
      { topic: 'orders', group: 'shop', start: 'beginning' },
      { topic: 'orders', group: 'mail', start: new Date(0) },
      { topic: 'orders', group: 'news', start: 'now' },
    ],
  );
  expect(script).toContain("\nensure_ordered_topic 'mail shop' orders 6 3 ");
  expect(script).toContain("\nensure_ordered_topic '' prices 6 3 ");
});

describe('configs of a topic', () => {
  const AS_DECLARED = 'min.insync.replicas=2,cleanup.policy=compact,delete,retention.ms=604800000';

  it('are left alone where they are as declared, since each call of a tool takes a second or more', () => {
    expect(run(2, false, { configs: AS_DECLARED })).toMatchObject({ stdout: DONE, changes: [] });
    expect(run(6, false, { configs: AS_DECLARED })).toMatchObject({
      stdout: DONE,
      changes: [GROWN],
    });
  });

  it.each([
    ['lack one', 'min.insync.replicas=2'],
    ['differ', 'min.insync.replicas=2,retention.ms=6048000001'],
    ['begin as one that is declared', 'min.insync.replicas=20,retention.ms=604800000'],
    ['end as one that is declared', 'min.insync.replicas=2,local.retention.ms=604800000'],
  ])('are set where they %s', (_name, configs) => {
    expect(run(2, false, { configs }).changes).toEqual(CONFIGURED);
  });
});
