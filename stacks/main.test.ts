import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { deploy } from './main.ts';
import { ANSWERS, OWN_SETTINGS } from './testing/answers.ts';
import { record } from './testing/recording.ts';

const ROOT = join(import.meta.dirname, '..');

describe('deploy', () => {
  it('names the targets when a stack has none', async () => {
    await expect(record(deploy, { stack: 'blue' })).rejects.toThrow(
      "stack 'blue' has no target: use a stack that has a file (Pulumi.local.yaml), or set one with: pulumi config set -s blue target local|aws-msk",
    );
  });

  it('refuses a target that there is not', async () => {
    await expect(record(deploy, { stack: 'blue', config: { target: 'moon' } })).rejects.toThrow(
      "stack 'blue' has the unknown target 'moon'",
    );
  });

  const files = readdirSync(ROOT).filter((file) => /^Pulumi\..+\.yaml$/.test(file));

  it.each(files)('deploys with the configuration in %s', async (file) => {
    const { config } = load(readFileSync(join(ROOT, file), 'utf8')) as {
      config: Record<string, string>;
    };
    const { resources } = await record(deploy, {
      ...ANSWERS,
      stack: file.split('.')[1]!,
      // Only the deployer knows the others.
      config: {
        ...(file.includes('aws-msk') && OWN_SETTINGS),
        ...Object.fromEntries(
          Object.entries(config).map(([key, value]) => [key.split(':')[1]!, value]),
        ),
      },
    });
    expect(resources.length).toBeGreaterThan(50);
  });
});
