import { describe, expect, it } from 'vitest';
import { SYSTEMS } from '../../../charts/systems.ts';
import { declaredBy } from './declared.ts';

const { tasks, todo } = SYSTEMS;

describe('declaredBy', () => {
  it('is what the task platform declares, which has no cache', () => {
    expect(declaredBy([tasks!])).toEqual({
      ...{ topics: 4, consumers: 3, secrets: 13 },
      ...{ databases: 1, caches: 0, images: 5 },
    });
  });

  it('adds up systems, and counts the images of one name once', () => {
    const [one, other, both] = [[tasks!], [todo!], [tasks!, todo!]].map(declaredBy);
    expect(other).toMatchObject({ databases: 1, caches: 1 });
    expect(both).toMatchObject({
      topics: one!.topics + other!.topics,
      secrets: one!.secrets + other!.secrets,
      databases: 2,
      caches: 1,
      // Both run the dead-letter processor.
      images: one!.images + other!.images - 1,
    });
    const between = [one!.consumers, other!.consumers].sort((a, b) => a - b);
    expect(both!.consumers).toBeGreaterThanOrEqual(between[0]!);
    expect(both!.consumers).toBeLessThanOrEqual(between[1]!);
  });

  it('counts nothing of systems that AWS does not run', () => {
    expect(declaredBy([{ images: {} }])).toEqual({
      ...{ topics: 0, consumers: 0, secrets: 0, databases: 0, caches: 0, images: 0 },
    });
  });
});
