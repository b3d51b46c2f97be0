import { describe, expect, it } from 'vitest';
import { growthProblem } from './topic-growth.ts';

const ORDERED = new Set(['route-events']);
const change = (topic: string, from: number, to: number, drained: readonly string[] = []) =>
  growthProblem({ topic, from, to }, ORDERED, drained);

describe('partitions of a topic on MSK', () => {
  it('grow where no order is kept', () => {
    expect(change('route-health', 3, 6)).toBeUndefined();
  });

  it('stay as they are', () => {
    expect(change('route-events', 3, 3)).toBeUndefined();
  });

  it('do not grow where events keep the order of a key', () => {
    expect(change('route-events', 3, 6)).toBe(
      "topic 'route-events' has 3 partitions and 6 are declared, and its events keep the order of a key: scale its publishers to 0, wait until its consumers have no lag, and say so: pulumi config set drainedTopics route-events",
    );
    expect(change('route-events', 3, 6, ['route-health'])).toBeDefined();
  });

  it('grow where the deployer says that nothing is unprocessed', () => {
    expect(change('route-events', 3, 6, ['route-health', 'route-events'])).toBeUndefined();
  });

  it.each(['route-events', 'route-health'])('of %s do not become fewer', (topic) => {
    expect(change(topic, 6, 3, [topic])).toContain(
      `topic '${topic}' has 6 partitions and 3 are declared: Kafka cannot take any away`,
    );
  });
});
