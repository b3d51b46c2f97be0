import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Kubectl } from './kubectl.ts';

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

  it('fails with the output of the command', async () => {
    await expect(kubectl.run(['fly', 'away'])).rejects.toThrow('kubectl fly away (3): no fly');
  });
});
