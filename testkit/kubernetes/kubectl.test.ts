import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClusterObject, isComplete, isReady, Kubectl } from './kubectl.ts';

function object(part: Partial<ClusterObject>): ClusterObject {
  const metadata = { name: 'orders', namespace: 'shop', uid: '1', generation: 2 };
  return { kind: 'Pod', metadata, spec: {}, ...part };
}

describe('a pod is ready', () => {
  it.each([
    [
      'when it says so',
      { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
      true,
    ],
    ['not while it does not', { conditions: [{ type: 'Ready', status: 'False' }] }, false],
    ['not before it has started', {}, false],
    ['when it has done what it was made for', { phase: 'Succeeded' }, true],
    ['not when it has failed', { phase: 'Failed' }, false],
  ])('%s', (_, status, ready) => {
    expect(isReady(object({ status }))).toBe(ready);
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
    expect(isComplete(object(part))).toBe(complete);
  });
});

describe('Kubectl', () => {
  let folder: string;
  let kubectl: Kubectl;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubectl-'));
    const program = join(folder, 'kubectl');
    // The program's arguments are: --kubeconfig FILE --cache-dir=… COMMAND.
    writeFileSync(
      program,
      '#!/bin/sh\ncase "$4" in\n  cat) cat;;\n  config) echo "$2";;\n  *) echo "no $4" >&2; exit 3;;\nesac\n',
    );
    chmodSync(program, 0o755);
    kubectl = new Kubectl(program, '/own/kubeconfig');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('uses its own kubeconfig', async () => {
    expect(await kubectl.run(['config'])).toBe('/own/kubeconfig\n');
  });

  it('passes input on', async () => {
    expect(await kubectl.run(['cat'], { input: 'kind: Pod' })).toBe('kind: Pod');
  });

  it('fails with what the command says', async () => {
    await expect(kubectl.run(['fly', 'away'])).rejects.toThrow('kubectl fly away (3): no fly');
  });

  it('gives up waiting, and says for what', async () => {
    const waiting = kubectl.until('the pod is gone', 0, () => Promise.resolve(false));
    await expect(waiting).rejects.toThrow('the pod is gone: not within 0 s');
  });
});
