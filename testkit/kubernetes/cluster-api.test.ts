import { describe, expect, it } from 'vitest';
import { isComplete, isReady } from './cluster-api.ts';

describe('isReady', () => {
  it.each([
    [
      'is true of a pod with the condition',
      { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
      true,
    ],
    [
      'is false while the condition is false',
      { conditions: [{ type: 'Ready', status: 'False' }] },
      false,
    ],
    ['is false before the pod has started', {}, false],
    ['is true of a pod that has succeeded', { phase: 'Succeeded' }, true],
    ['is false of a pod that has failed', { phase: 'Failed' }, false],
  ])('%s', (_, status, ready) => {
    expect(isReady({ status })).toBe(ready);
  });
});

describe('isComplete', () => {
  const status = { observedGeneration: 2, replicas: 3, readyReplicas: 3, updatedReplicas: 3 };

  it.each([
    ['is true with all pods', { spec: { replicas: 3 }, status }, true],
    [
      'is true without pods, when none are wanted',
      { spec: { replicas: 0 }, status: { observedGeneration: 2 } },
      true,
    ],
    ['is false with a pod too few', { spec: { replicas: 4 }, status }, false],
    [
      'is false with a pod of an earlier version',
      { spec: { replicas: 3 }, status: { ...status, updatedReplicas: 2 } },
      false,
    ],
    [
      'is false while an old pod still exists',
      { spec: { replicas: 3 }, status: { ...status, replicas: 4 } },
      false,
    ],
    [
      'is false before its change was seen',
      { spec: { replicas: 3 }, status: { ...status, observedGeneration: 1 } },
      false,
    ],
  ])('%s', (_, part, complete) => {
    expect(isComplete({ metadata: { generation: 2 }, ...part })).toBe(complete);
  });
});
