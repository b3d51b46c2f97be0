import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CONNECT_SCRIPT } from '../../constructs/data/connection-script.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'connection-script-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the script with a psql that fails with this. */
function run(says: string) {
  const psql = `#!/bin/sh
cat >/dev/null
echo 'psql: error: connection to server at "db" (10.0.0.1), port 5432 failed: ${says}' >&2
exit 2
`;
  writeFileSync(join(folder, 'psql'), psql, { mode: 0o755 });
  return spawnSync('bash', ['-c', CONNECT_SCRIPT], {
    encoding: 'utf8',
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      PGDATABASE: 'shop',
      PGUSER: 'app',
      MIGRATIONS_CONNECT_SECONDS: '1',
    },
  });
}

// A real server refuses passwords and roles in the end-to-end run, and none of its certificates is refused there.
it.each([
  [
    'a password that is refused',
    'FATAL:  password authentication failed for user "app"',
    "correct role 'app' and its password",
  ],
  [
    'a certificate that is refused',
    'SSL error: certificate verify failed',
    'correct the certificate of the server, or the authority that clients are given',
  ],
  [
    'a certificate of another server',
    'server certificate for "other" does not match host name "db"',
    'correct the certificate of the server',
  ],
  [
    'a role without CONNECT',
    'FATAL:  permission denied for database "shop"',
    'GRANT CONNECT ON DATABASE "shop" TO "app"',
  ],
])('ends at once at %s', (_what, says, remedy) => {
  const { status, stdout, stderr } = run(says);
  expect(status).toBe(1);
  expect(stdout).not.toContain('waiting');
  expect(stderr).toContain(`error: database 'shop' on localhost:5432 cannot be opened: ${remedy}`);
});

it('waits for a server that does not answer, until its time is over', () => {
  const { status, stdout, stderr } = run('Connection refused');
  expect(status).toBe(1);
  expect(stdout).toMatch(/^waiting: .*Connection refused/);
  expect(stderr).toContain('error: gave up after 1 s');
});
