import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { GroupStart } from '../../messaging/topic-policies.ts';
import { resetCommand } from './start-script.ts';
import { topicScript } from './topic-script.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

/** Answers of a `kafka-consumer-groups.sh`: before a reset, to the reset, and after it. */
interface Answers {
  readonly before: string;
  readonly reset?: string;
  readonly after?: string;
}

/** Runs the script of a group that starts now, with Kafka's tools as files that answer. */
function run({ before, reset = '', after = before }: Answers) {
  const folder = mkdtempSync(join(tmpdir(), 'start-script-'));
  folders.push(folder);
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const tool = (name: string, script: string) => {
    writeFileSync(join(bin, name), `#!/bin/bash\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  Object.entries({ before, reset, after }).forEach(([name, text]) =>
    writeFileSync(join(folder, name), text),
  );
  tool('kafka-topics.sh', 'echo "Topic: orders PartitionCount: 3"');
  tool(
    'kafka-consumer-groups.sh',
    `case " $* " in
  *--reset-offsets*) echo "$*" >> ${folder}/resets; cat ${folder}/reset; exit 1 ;;
esac
if [ -e ${folder}/resets ]; then cat ${folder}/after; else cat ${folder}/before; fi`,
  );
  const start: GroupStart = { topic: 'orders', group: 'shop', start: 'now' };
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-c', topicScript('kafka:9092', [], undefined, [start])],
    { env: { PATH: process.env.PATH, KAFKA_HOME: folder }, encoding: 'utf8' },
  );
  const resets = spawnSync('cat', [join(folder, 'resets')], { encoding: 'utf8' }).stdout;
  return { status, stdout, stderr, resets };
}

const HEAD = 'GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG';
const offset = (topic: string, value: string) => `${HEAD}\nshop ${topic} 0 ${value} 12 3\n`;

describe('where a group starts', () => {
  it.each([
    'Error: Consumer group shop does not exist.',
    'org.apache.kafka.common.errors.GroupIdNotFoundException: Group shop not found.',
    offset('other', '4'),
    offset('orders', '-'),
    "Consumer group 'shop' has no active members.",
  ])('is set where the group has no offset in the topic: %s', (before) => {
    const { status, stdout, resets } = run({ before, after: offset('orders', '12') });
    expect(resets).toContain('--reset-offsets --group shop --topic orders --to-latest --execute\n');
    expect(stdout).toContain('group shop starts in orders at latest\n');
    expect(status).toBe(0);
  });

  it('stays where the group has an offset in the topic, be it the first', () => {
    const { status, resets } = run({ before: offset('orders', '0') });
    expect({ status, resets }).toEqual({ status: 0, resets: '' });
  });

  it('is not touched while nobody knows the offsets of the group', () => {
    const { status, stderr, resets } = run({ before: 'Error: TimeoutException' });
    expect(stderr).toContain('offsets of group shop: Error: TimeoutException');
    expect({ status, resets }).toEqual({ status: 1, resets: '' });
  });

  it('fails the Job where the group reads already, with the remedy', () => {
    const reset = "Error: Assignments can only be reset if the group 'shop' is inactive";
    const { status, stderr } = run({ before: offset('orders', '-'), reset });
    expect(stderr).toContain(
      `group shop does not start in orders as declared, which Kafka allows only without members: scale shop to zero, and run this again. Kafka said: ${reset}`,
    );
    expect(status).toBe(1);
  });
});

it('says nothing of groups that start at the beginning', () => {
  const beginning = { topic: 'orders', group: 'shop', start: 'beginning' } as const;
  expect(topicScript('kafka:9092', [], undefined, [beginning])).toBe(topicScript('kafka:9092', []));
});

it('has a command for people, with the time in UTC', () => {
  const start = new Date('2026-01-01T02:00:00+02:00');
  expect(resetCommand('kafka:9092', { topic: 'orders', group: 'shop', start })).toBe(
    'kafka-consumer-groups.sh --bootstrap-server kafka:9092 --group shop --topic orders --reset-offsets --to-datetime 2026-01-01T00:00:00.000Z --execute',
  );
});
