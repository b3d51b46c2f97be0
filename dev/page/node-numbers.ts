import type { PlatformNode } from 'cdk8s-event-platform';
import type { StatusView } from '../api/types.ts';

/** What a box of the diagram says of this moment. */
export interface NodeNumbers {
  readonly lines: readonly string[];
  /** Whether somebody should look at it. */
  readonly wrong: boolean;
}

const NOTHING: NodeNumbers = { lines: [], wrong: false };

function perSecond(rate: number): string {
  return `${rate.toFixed(rate < 10 ? 1 : 0)}/s`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function ofApp(name: string, { apps, groups, databases }: StatusView): NodeNumbers {
  const app = apps.find(({ appId }) => appId === name);
  const own = groups.filter(({ appId }) => appId === name);
  const waiting = sum(databases.map(({ outbox }) => outbox[name] ?? 0));
  const held = sum(databases.map(({ quarantine }) => quarantine[name] ?? 0));
  const rate = perSecond(sum(own.map((group) => group.rate)));
  return {
    lines: [
      app?.state ?? 'does not run',
      ...(own.length > 0 ? [`${rate}, lag ${sum(own.map(({ lag }) => lag))}`] : []),
      ...(waiting > 0 ? [`${waiting} in the outbox`] : []),
      ...(held > 0 ? [`${held} in the quarantine`] : []),
    ],
    wrong: app?.state !== 'running' || held > 0,
  };
}

/** Numbers of an app, a topic or a store. */
export function nodeNumbers(
  { kind, name }: PlatformNode,
  status: StatusView | undefined,
): NodeNumbers {
  if (status === undefined) {
    return NOTHING;
  }
  switch (kind) {
    case 'topic':
    case 'dead-letter-topic': {
      const topic = status.topics.find((candidate) => candidate.topic === name);
      return topic === undefined
        ? NOTHING
        : { lines: [`${topic.events} events, ${perSecond(topic.rate)}`], wrong: false };
    }
    case 'store': {
      const down = status.databases.some(
        ({ database, available }) => database === name && !available,
      );
      return { lines: down ? ['down'] : [], wrong: down };
    }
    default:
      return ofApp(name, status);
  }
}
