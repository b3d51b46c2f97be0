import type { EventToPublishByTools } from '@cdk8s-event-platform/contracts/interface';
import type { CheckedRecord } from './event-checks.ts';

/** An event as the API of `event-platform dev` has it. */
interface DevEvent {
  readonly partition: number;
  readonly position: number;
  readonly publishedAt: string;
  readonly key: string | null;
  readonly type?: string;
  readonly id?: string;
  readonly problems: readonly string[];
}

/** Asks `event-platform dev`. @throws Error with what it says, or that it does not run */
async function ask<Answer>(url: string, path: string, body?: object): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(new URL(path, url), {
      ...(body && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
  } catch (error) {
    throw new Error(
      `event-platform dev does not answer at ${url}: start it, or give its address with --dev-url`,
      { cause: error },
    );
  }
  const answer = (await response.json()) as Answer & { readonly error?: string };
  if (!response.ok) {
    throw new Error(`event-platform dev: ${answer.error ?? response.status}`);
  }
  return answer;
}

function pathOf(topic: string): string {
  return `/api/topics/${encodeURIComponent(topic)}/events`;
}

/** Publishes an event; its id. */
export async function publishInDev(
  url: string,
  { topic, event }: EventToPublishByTools,
): Promise<string> {
  const { type, data } = event;
  return (await ask<{ id: string }>(url, pathOf(topic), { type, data })).id;
}

/** The newest events of a topic, the oldest first. */
export async function eventsInDev(url: string, topic: string): Promise<readonly CheckedRecord[]> {
  const newest = await ask<readonly DevEvent[]>(url, `${pathOf(topic)}?limit=500`);
  return Promise.all(
    newest.toReversed().map(async ({ partition, position, publishedAt, key, ...event }) => ({
      ...event,
      position: `${partition}:${position}`,
      time: publishedAt,
      key: key ?? undefined,
      event: (await ask<{ content: unknown }>(url, `${pathOf(topic)}/${partition}/${position}`))
        .content,
    })),
  );
}
