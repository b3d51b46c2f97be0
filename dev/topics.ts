import type { DaprPubSub, RenderedObject, StartPosition, Topic } from 'cdk8s-event-platform';
import type { Broker } from './broker/broker.ts';
import type { ComponentManifest, RenderedManifest } from './sidecar/rendered.ts';

/** Partitions of a topic of which nothing is known. */
const DEFAULT_PARTITIONS = 3;

/** The topics behind rendered pub/sub components, with the partitions that are declared. */
export function topicsOf(rendered: readonly RenderedObject[]): ReadonlyMap<string, number> {
  const topics = new Map<string, number>();
  for (const { construct, manifest } of rendered) {
    const names = settingsOf(manifest).find(({ name }) => name === 'allowedTopics')?.value ?? '';
    names
      .split(',')
      .filter((name) => name !== '')
      .forEach((name) => topics.set(name, DEFAULT_PARTITIONS));
    for (const { name, deadLetterTopics, partitions } of declaredTopics(construct)) {
      [name, ...deadLetterTopics].forEach((topic) => topics.set(topic, partitions));
    }
  }
  return topics;
}

/** A consumer group and where it starts in a topic. */
interface GroupStart {
  readonly group: string;
  readonly topic: string;
  readonly start: StartPosition;
}

/** Where consumer groups start that say so. */
function startsOf(rendered: readonly RenderedObject[]): GroupStart[] {
  return rendered.flatMap(({ construct, manifest }) => {
    const { value: group = '{appID}' } =
      settingsOf(manifest).find(({ name }) => name === 'consumerGroup') ?? {};
    return declaredTopics(construct).flatMap((topic) =>
      topic.subscribers.flatMap((appId) => {
        const start = topic.startOf(appId);
        return start === undefined
          ? []
          : [{ group: group.replaceAll('{appID}', appId), topic: topic.name, start }];
      }),
    );
  });
}

/** Creates the topics of a platform, and has consumer groups that are new start where they say. */
export async function provision(
  broker: Broker,
  rendered: readonly RenderedObject[],
): Promise<void> {
  for (const [topic, partitions] of topicsOf(rendered)) {
    await broker.addTopic(topic, partitions);
  }
  for (const { group, topic, start } of startsOf(rendered)) {
    await broker.positions(group, topic, start);
  }
}

/** The topics behind the pub/sub that an object belongs to; empty for other objects. */
function declaredTopics({ node }: RenderedObject['construct']): readonly Topic[] {
  return (node.scope as Partial<DaprPubSub> | undefined)?.topics ?? [];
}

/** Settings of a pub/sub component; empty for other objects. */
function settingsOf(manifest: RenderedManifest): ComponentManifest['spec']['metadata'] {
  const { type, metadata } = (manifest.spec ?? {}) as Partial<ComponentManifest['spec']>;
  return manifest.kind === 'Component' && type?.startsWith('pubsub.') ? (metadata ?? []) : [];
}
