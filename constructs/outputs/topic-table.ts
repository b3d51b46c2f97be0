import { keyName } from '@cdk8s-event-platform/contracts/internal';
import type { EventPlatform } from '../platform/event-platform.ts';
import { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import { retentionText } from '../messaging/topic-policies.ts';

const HEAD = [
  'topic',
  'key',
  'partitions',
  'copies',
  'retention',
  'published by',
  'received by',
  'dead letters',
];

/** A cell; a pipe would end it. */
function cell(values: readonly string[]): string {
  return values.map((value) => value.replaceAll('|', '\\|').replaceAll('\n', ' ')).join('<br/>');
}

/** The topics of a platform as a table in Markdown, by name. */
export function topicTable(platform: EventPlatform): string {
  const topics = platform.node
    .findAll()
    .filter((construct): construct is DaprPubSub => construct instanceof DaprPubSub)
    .flatMap((pubSub) => pubSub.topics)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = topics.map((topic) => [
    [topic.name],
    [...new Set(topic.contracts.map(({ key }) => keyName(key)))].sort(),
    [String(topic.partitions)],
    [topic.imported ? 'imported' : String(topic.spec.replicationFactor)],
    [retentionText(topic.spec.retention)],
    topic.publishers,
    topic.subscribers,
    topic.deadLetterTopics.map((name) => `${name}, ${topic.deadLetterRetention.toHumanString()}`),
  ]);
  return [HEAD, HEAD.map(() => '---'), ...rows.map((row) => row.map(cell))]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}
