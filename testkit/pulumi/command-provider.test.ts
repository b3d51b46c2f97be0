import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandProvider } from './command-provider.ts';
import { Secret } from './values.ts';

const COMMAND = 'command:local:Command';
const folder = mkdtempSync(join(tmpdir(), 'event-platform-command-'));
const provider = await commandProvider({});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the stand-in for commands', () => {
  it('runs a command with its variables and the output of the one before', async () => {
    const inputs = {
      create: 'echo "made $NAME"',
      update: 'echo "was: $PULUMI_COMMAND_STDOUT"',
      delete: `echo "end of $NAME" > ${folder}/end`,
      environment: { NAME: 'it' },
    };
    const { id, outputs } = await provider.create(COMMAND, inputs);
    expect(outputs).toEqual({ ...inputs, stdout: 'made it', stderr: '' });

    const resource = { type: COMMAND, id, inputs, outputs };
    expect(await provider.update(resource, inputs)).toMatchObject({ stdout: 'was: made it' });
    await provider.delete(resource);
    expect(readFileSync(join(folder, 'end'), 'utf8')).toBe('end of it\n');
  });

  it('keeps the output of a command as secret as its input', async () => {
    const inputs = { create: 'cat', stdin: new Secret('hidden') };
    const { outputs } = await provider.create(COMMAND, inputs);
    expect(outputs.stdout).toEqual(new Secret('hidden'));
  });

  it('says why a command has failed', async () => {
    await expect(
      provider.create(COMMAND, { create: 'echo no cluster >&2; exit 3' }),
    ).rejects.toThrow("'echo no cluster >&2; exit 3' ended with 3: no cluster");
  });

  it('makes another one when a trigger changes, and no other time', () => {
    const inputs = { create: 'true', triggers: ['1'] };
    const resource = { type: COMMAND, id: '1', inputs, outputs: inputs };
    const replaces = (changed: typeof inputs) => {
      const difference = provider.diff(resource, changed);
      return difference.changes.map(difference.replaces);
    };
    expect(replaces({ ...inputs, triggers: ['2'] })).toEqual([true]);
    expect(replaces({ ...inputs, create: 'false' })).toEqual([false]);
    expect(replaces(inputs)).toEqual([]);
  });
});
