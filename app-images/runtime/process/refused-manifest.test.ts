import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { INTERFACE, RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';

it.each([
  ['of a newer interface', INTERFACE + 1, 'the image is older than its manifest'],
  ['without a database', INTERFACE, 'the manifest names no database (PGHOST is not set)'],
])('does not start by a manifest %s, and says so in one line', (_which, number, reason) => {
  const program = join(import.meta.dirname, '..', '..', 'dead-letter-processor', 'main.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', program], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, [RUNTIME_ENV.interface]: String(number) },
    timeout: 30_000,
  });
  const [line, ...others] = `${stdout}${stderr}`.trim().split('\n');
  expect(JSON.parse(line!)).toMatchObject({
    level: 'error',
    message: expect.stringContaining(reason) as string,
  });
  expect(others).toEqual([]);
  expect(status).toBe(1);
});
