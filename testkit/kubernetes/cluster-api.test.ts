import { describe, expect, it } from 'vitest';
import { isComplete, isReady } from './cluster-api.ts';

describe('a pod is ready', () => {
  it.each([
    [
      'when it says so',
      { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
      true,
    ],
    ['not while it does not', { conditions: [{ type: 'Ready', status: 'False' }] }, false],
    ['not before it has started', {}, false],
    ['when it has succeeded', { phase: 'Succeeded' }, true],
    ['not when it has failed', { phase: 'Failed' }, false],
  ])('%s', (_, status, ready) => {
    expect(isReady({ status })).toBe(ready);
  });
});

describe('a workload is complete', () => {
  const status = { observedGeneration: 2, replicas: 3, readyReplicas: 3, updatedReplicas: 3 };

  it.each([
    ['with all its pods', { spec: { replicas: 3 }, status }, true],
    [
      'with none that it should have',
      { spec: { replicas: 0 }, status: { observedGeneration: 2 } },
      true,
    ],
    ['not with a pod too few', { spec: { replicas: 4 }, status }, false],
    [
      'not with a pod of before',
      { spec: { replicas: 3 }, status: { ...status, updatedReplicas: 2 } },
      false,
    ],
    [
      'not while a pod of before is still there',
      { spec: { replicas: 3 }, status: { ...status, replicas: 4 } },
      false,
    ],
    [
      'not before its change was seen',
      { spec: { replicas: 3 }, status: { ...status, observedGeneration: 1 } },
      false,
    ],
  ])('%s', (_, part, complete) => {
    expect(isComplete({ metadata: { generation: 2 }, ...part })).toBe(complete);
  });
});
