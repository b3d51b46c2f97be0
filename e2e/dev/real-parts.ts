import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { TASKS } from '../../charts/tasks/index.ts';
import { makeSecret } from '../../cli/make-secret.ts';
import { type LocalPlatform, programOf, runPlatform } from '../../dev/index.ts';
import { type KubernetesObject, Manifests } from '../../scripts/manifests.ts';
import { renderObjects } from '../../constructs/index.ts';
import { kafka } from '../../testkit/brokers/kafka.ts';
import { stopAll } from '../../testkit/process.ts';
import { ensureTools } from '../../testkit/tools/index.ts';
import { until } from '../../testkit/until.ts';
import { DATABASE } from './shop.ts';

/** What became of tasks on real parts. */
export interface RealPartsVerdict {
  readonly tasks: number;
  readonly lost: number;
  readonly doubled: number;
  readonly mails: number;
  readonly broker: string;
}

const ROOT = join(import.meta.dirname, '..', '..');
const COUNT = 300;
const PORTS = { port: 18_480, pagePort: 19_680, databasePort: 15_680 };
const PATIENCE = 120;

function createTask(running: LocalPlatform, number: number): Promise<void> {
  return until(
    `task ${number} is accepted`,
    PATIENCE,
    async () => {
      const response = await fetch(`http://127.0.0.1:${running.ports.get('producer')!}/tasks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': String(number) },
        body: JSON.stringify({ user_id: `user-${number % 20}`, title: `task ${number}` }),
      }).catch(() => undefined);
      return response?.status === 202;
    },
    100,
  );
}

async function titles(running: LocalPlatform): Promise<string[]> {
  const client = new pg.Client({ ...running.database, database: DATABASE });
  await client.connect();
  try {
    const { rows } = await client.query<{ title: string }>('SELECT title FROM tasks');
    return rows.map(({ title }) => title);
  } finally {
    await client.end();
  }
}

function ask(running: LocalPlatform, path: string, body?: object): Promise<Response> {
  return fetch(`http://127.0.0.1:${running.pagePort}/api/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    ...(body && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
}

/** Runs the task platform with the real daprd on a real Kafka, kills a consumer, and takes the database away. */
export async function tryRealParts(progress: (text: string) => void): Promise<RealPartsVerdict> {
  const { dapr } = ensureTools(['dapr']);
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-real-'));
  chmodSync(folder, 0o755);
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const platform = TASKS.environments.local!();
  const manifests = new Manifests(
    renderObjects(platform).map(({ manifest }) => manifest as KubernetesObject),
  );
  const secrets = platform.secrets.map((reference) => makeSecret(reference, manifests.namespace));
  const values = new Map(secrets.map(({ metadata, stringData }) => [metadata.name, stringData]));
  process.env.PATH = `${dapr}${delimiter}${process.env.PATH ?? ''}`;
  let running: LocalPlatform | undefined;
  try {
    progress('a real Kafka');
    const { addresses } = await kafka.start({
      ...{ manifests, secrets, logs },
      folder: join(folder, 'broker'),
    });
    const broker = `kafka=${Object.values(addresses)[0]!}`;
    progress(`${COUNT} tasks by daprd on ${broker}`);
    const lines: string[] = [];
    running = await runPlatform({
      ...{ platform, folder: join(folder, 'data'), dapr: { broker }, ...PORTS },
      programs: new Map(
        Object.entries(TASKS.images).map(([appId, image]) => [
          appId,
          programOf(join(ROOT, 'app-images', image))!,
        ]),
      ),
      secret: (name, key) => values.get(name)![key]!,
      log: (from, line) => lines.push(`${from} ${line}`),
    });
    for (let number = 0; number < COUNT; number++) {
      await createTask(running, number);
      if (number === COUNT / 3) {
        await ask(running, 'apps/task-processor/kill', {});
      } else if (number === COUNT / 2) {
        await ask(running, 'databases/interrupt', { seconds: 3 });
      }
    }
    const platformRuns = running;
    await until(
      () => `${COUNT} tasks are in the table:\n${lines.slice(-20).join('\n')}`,
      PATIENCE,
      async () => (await titles(platformRuns).catch(() => [])).length >= COUNT,
    );
    const mails = () => lines.filter((line) => line.includes('mail to')).length;
    await until('every task has its mail', PATIENCE, () => Promise.resolve(mails() >= COUNT));
    const found = await titles(running);
    const distinct = new Set(found).size;
    return {
      ...{ tasks: COUNT, broker, mails: mails() },
      ...{ lost: COUNT - distinct, doubled: found.length - distinct },
    };
  } finally {
    await running?.stop();
    await stopAll();
    rmSync(folder, { recursive: true, force: true });
  }
}
