import type { GroupState, TopicReader, TopicRecord, TopicState } from '../../messaging/toolbox.ts';
import { timeOf } from '../parts/toolbox-script.ts';

/** Bytes as Kafka prints them: printable ASCII, and `\xHH` for the rest. */
function bytesOf(printed: string): Buffer | undefined {
  return printed === '\\N'
    ? undefined
    : Buffer.from(
        printed.replaceAll(/\\x([0-9A-F]{2})/g, (_match, hex: string) =>
          String.fromCharCode(Number.parseInt(hex, 16)),
        ),
        'latin1',
      );
}

const RECORD = /^(?:\w+:(-?\d+)|NO_TIMESTAMP)\tPartition:(\d+)\tOffset:(\d+)\t([^\t]*)\t(.*)$/;
const OFFSET = /^(begin|end|since-\d+) (\S+) (\d+) (\d+)$/;

/** Reads messages, and the offsets in front of them: what is behind those is not waited for. */
export function kafkaReader(): TopicReader {
  const begins = new Map<number, number>();
  const ends = new Map<number, number>();
  const open = new Set<number>();
  return {
    read(line): readonly TopicRecord[] {
      const [, label, , at, offset] = OFFSET.exec(line) ?? [];
      if (label !== undefined) {
        const partition = Number(at);
        (label === 'begin' ? begins : ends).set(partition, Number(offset));
        if (label === 'end' && (begins.get(partition) ?? Infinity) < Number(offset)) {
          open.add(partition);
        }
        return [];
      }
      const [, time, partition, position, key, value] = RECORD.exec(line) ?? [];
      if (partition === undefined) {
        return [];
      }
      if (Number(position) >= (ends.get(Number(partition)) ?? Infinity) - 1) {
        open.delete(Number(partition));
      }
      return [
        {
          position: `${partition}:${position}`,
          key: bytesOf(key!)?.toString(),
          time: time === undefined ? undefined : timeOf(Number(time)),
          value: bytesOf(value!),
        },
      ];
    },
    get done() {
      return ends.size > 0 && open.size === 0;
    },
  };
}

/** Reads offsets of topics at several times. */
export function readTopics(said: string): readonly TopicState[] {
  const offsets = new Map<string, Map<string, number>>();
  for (const line of said.split('\n')) {
    const [, label, topic, partition, offset] = OFFSET.exec(line) ?? [];
    if (label !== undefined) {
      const own = offsets.get(topic!) ?? new Map<string, number>();
      offsets.set(topic!, own.set(`${label} ${partition}`, Number(offset)));
    }
  }
  return [...offsets].map(([topic, own]) => {
    const partitions = [...own.keys()].flatMap((name) =>
      name.startsWith('end ') ? [name.slice(4)] : [],
    );
    const messages = partitions.reduce(
      (sum, partition) => sum + own.get(`end ${partition}`)! - (own.get(`begin ${partition}`) ?? 0),
      0,
    );
    const since = [...own].flatMap(([name, offset]) => {
      const [, time, partition] = /^since-(\d+) (\d+)$/.exec(name) ?? [];
      return time !== undefined && offset < own.get(`end ${partition}`)! ? [Number(time)] : [];
    });
    return { topic, messages, ...(since.length > 0 && { last: timeOf(Math.max(...since)) }) };
  });
}

/** Reads what Kafka says of all groups, but for those of readers. */
export function readGroups(said: string, prefix: string, account: string): readonly GroupState[] {
  const groups = new Map<string, { group: string; topic: string; lag: number | undefined }>();
  for (const line of said.split('\n')) {
    const [name, topic, partition, , end, lag] = line.trim().split(/\s+/);
    if (
      name === undefined ||
      !name.startsWith(prefix) ||
      name.startsWith(`${prefix}${account}.`) ||
      !/^\d+$/.test(partition ?? '')
    ) {
      continue;
    }
    const group = name.slice(prefix.length);
    const known = groups.get(`${group} ${topic}`) ?? { group, topic: topic!, lag: 0 };
    // Without an offset, a group begins at the first message.
    const own = Number(lag === '-' ? end : lag);
    const sum = known.lag === undefined || Number.isNaN(own) ? undefined : known.lag + own;
    groups.set(`${group} ${topic}`, { ...known, lag: sum });
  }
  return [...groups.values()];
}
