import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { INTERFACE, RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';

it('does not start by a manifest of a newer interface, and says so in one line', () => {
  const program = join(import.meta.dirname, '..', '..', 'dead-letter-processor', 'main.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', program], {
    encoding: 'utf8',
    env: { ...process.env, [RUNTIME_ENV.interface]: String(INTERFACE + 1) },
    timeout: 30_000,
  });
  const [line, ...others] = `${stdout}${stderr}`.trim().split('\n');
  expect(JSON.parse(line!)).toMatchObject({
    level: 'error',
    message: expect.stringContaining('the image is older than its manifest') as string,
  });
  expect(others).toEqual([]);
  expect(status).toBe(1);
});
