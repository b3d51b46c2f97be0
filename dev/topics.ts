import type { DaprPubSub, RenderedObject } from 'cdk8s-event-platform';
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
    const declared = (construct.node.scope as Partial<DaprPubSub> | undefined)?.topics ?? [];
    for (const { name, deadLetterTopics, partitions } of declared) {
      [name, ...deadLetterTopics].forEach((topic) => topics.set(topic, partitions));
    }
  }
  return topics;
}

/** Settings of a pub/sub component; empty for other objects. */
function settingsOf(manifest: RenderedManifest): ComponentManifest['spec']['metadata'] {
  const { type, metadata } = (manifest.spec ?? {}) as Partial<ComponentManifest['spec']>;
  return manifest.kind === 'Component' && type?.startsWith('pubsub.') ? (metadata ?? []) : [];
}
