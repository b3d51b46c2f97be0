import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeSecret } from '../../cli/make-secret.ts';
import { TASKS } from '../../charts/tasks/index.ts';
import type { StatusView } from '../api/types.ts';
import { programOf } from './app-process.ts';
import { type LocalPlatform, runPlatform } from './run-platform.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'event-platform-dev-'));
const SOURCES = join(import.meta.dirname, '..', '..', 'app-images');
const lines: string[] = [];
let running: LocalPlatform;

function start(): Promise<LocalPlatform> {
  const platform = TASKS.environments.local!();
  const secrets = new Map(
    platform.secrets.map((reference) => [reference.name, makeSecret(reference, 'any').stringData]),
  );
  const programs = Object.entries(TASKS.images).map(
    ([appId, folder]) => [appId, programOf(join(SOURCES, folder))!] as const,
  );
  return runPlatform({
    platform,
    programs: new Map([...programs, ['notification-sender', sender()]]),
    secret: (name, key) => secrets.get(name)![key]!,
    folder: join(FOLDER, 'data'),
    port: 18_080,
    log: (from, line) => lines.push(`${from}: ${line}`),
  });
}

/** A program of its own for one app, which the test changes. */
function sender(text = ''): string {
  const file = join(FOLDER, 'main.ts');
  writeFileSync(file, `import '${SOURCES}/tasks/notification-sender/main.ts';\n${text}\n`);
  return file;
}

/** Creates a task as a client does, as soon as the producer answers. */
async function createTask(title: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`http://127.0.0.1:${running.ports.get('producer')!}/tasks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user_id: 'ada', title }),
    }).catch(() => undefined);
    if (answer?.status === 202) {
      return;
    }
    expect(tries).toBeLessThan(600);
    await sleep(50);
  }
}

/** Waits for a line that somebody has logged. */
async function logged(line: string): Promise<void> {
  for (let tries = 0; !lines.includes(line); tries++) {
    expect(tries, `${line} is not among\n${lines.join('\n')}`).toBeLessThan(1_000);
    await sleep(30);
  }
}

/** What the page says of sources that do not run. */
async function problems(): Promise<readonly string[]> {
  const response = await fetch(`http://127.0.0.1:${running.pagePort}/api/status`);
  return ((await response.json()) as StatusView).problems;
}

/** Rows of a table of the platform. */
async function count(table: string): Promise<number> {
  const client = new pg.Client({ ...running.database, database: 'event_platform' });
  await client.connect();
  const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
  await client.end();
  return rows[0]!.n;
}

beforeAll(async () => {
  // The database's user, which is not root, has to reach its data.
  chmodSync(FOLDER, 0o755);
  running = await start();
});
afterAll(async () => {
  await running.stop();
  rmSync(FOLDER, { recursive: true, force: true });
});

it('runs the task platform from a request to every effect', async () => {
  await createTask('first');
  await logged('platform: mail to ada@example.com: Task created: first');
});

it('starts an app again when its sources change, and keeps the last version of broken ones', async () => {
  sender('this is (broken');
  await expect.poll(() => lines.some((line) => line.includes('apps stay as they are'))).toBe(true);
  expect(await problems()).toEqual([expect.stringContaining('main.ts:2: Expected ";"')]);
  sender('console.log("changed");');
  await logged('notification-sender: changed');
  expect(await problems()).toEqual([]);
  await createTask('second');
  await logged('platform: mail to ada@example.com: Task created: second');
});

it('refuses a second run in the same folder', async () => {
  await expect(start()).rejects.toThrow(
    `process ${process.pid} runs this platform already: end it first`,
  );
});

it('goes on where it was when it is started again, and repeats no effect', async () => {
  await expect.poll(() => count('tasks'), { timeout: 20_000 }).toBe(2);
  await running.stop();
  running = await start();
  await createTask('third');
  await logged('platform: mail to ada@example.com: Task created: third');
  await expect.poll(() => count('tasks'), { timeout: 20_000 }).toBe(3);
  expect(lines.filter((line) => line.includes('Task created: first'))).toHaveLength(1);
});
