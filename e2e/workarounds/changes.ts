import type { RenderedObject } from './lab.ts';

/** Makes subscriptions deliver in bulk, with the settings of the platform's own. */
export function inBulk(object: RenderedObject): RenderedObject {
  return object.kind === 'Subscription'
    ? {
        ...object,
        spec: {
          ...object.spec,
          bulkSubscribe: { enabled: true, maxMessagesCount: 100, maxAwaitDurationMs: 20 },
        },
      }
    : object;
}

/** Gives the pub/sub component another value of a setting. */
export function withSetting(object: RenderedObject, name: string, value: string): RenderedObject {
  return object.kind === 'Component'
    ? {
        ...object,
        spec: {
          ...object.spec,
          metadata: [
            ...object.spec.metadata.filter((entry) => entry.name !== name),
            { name, value },
          ],
        },
      }
    : object;
}
