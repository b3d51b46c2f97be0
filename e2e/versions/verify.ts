import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyCommand } from '../../app-images/runtime/personal-data/commands.ts';
import { KeyStore } from '../../app-images/runtime/personal-data/erasure.ts';
import type { BrokerSetting } from '../../testkit/brokers/broker.ts';
import { inParallel, LoadClient } from '../../testkit/platform/load.ts';
import { type RunningPlatform, startPlatform } from '../../testkit/platform/platform.ts';
import { type S3Server, startS3 } from '../../testkit/s3/server.ts';
import { BUCKET } from './claims.ts';
import { DOCUMENTS } from './platform.ts';

/** Documents of each version. */
const DOCUMENTS_PER_VERSION = 400;
/** Documents that are posted at the same time, by each scanner. */
const WIDTH = 4;
const SHELVES = 20;
const OWNERS = 10;
/** One of so many has a large content. */
const LARGE_EVERY = 4;
/** Time without any change after which what is missing counts as lost, in milliseconds. */
const PATIENCE = 60_000;

/** A document that was accepted. */
interface Document {
  readonly id: string;
  readonly shelf: string;
  readonly number: number;
  readonly owner: string;
  readonly ownerName: string;
  readonly language: string;
  readonly text: string;
}

/** A row of the archive. */
interface Row {
  readonly event_id: string;
  readonly shelf: string;
  readonly number: number;
  readonly owner_name: string;
  readonly language: string;
  readonly content_hash: string;
}

function documentOf(version: 1 | 2, index: number): Document {
  const line = `one of the lines of the document with the number ${index}`;
  return {
    id: `v${version}-${index}`,
    shelf: `shelf-${version}-${index % SHELVES}`,
    number: index,
    owner: `owner-${index % OWNERS}`,
    ownerName: `Personal Name ${index % OWNERS}`,
    language: version === 1 ? 'unknown' : 'en',
    text: Array.from({ length: index % LARGE_EVERY === 0 ? 6_000 : 2 }, () => line).join('\n'),
  };
}

function bodyOf(version: 1 | 2, document: Document): string {
  const { shelf, number, owner, ownerName, language, text } = document;
  return JSON.stringify({
    ...{ shelf, number, owner, owner_name: ownerName },
    ...(version === 1 ? { lines: text.split('\n') } : { content: { language, text } }),
  });
}

/** Posts the documents of one version until each is accepted, some of them twice. */
async function post(
  platform: RunningPlatform,
  version: 1 | 2,
  accepted: Document[],
): Promise<void> {
  const { port } = platform.apps.get(version === 1 ? 'scanner' : 'scanner-2')!;
  const client = new LoadClient();
  // Each worker has shelves of its own, so that their documents are posted in order.
  await inParallel(WIDTH, WIDTH, async (worker) => {
    for (let index = 0; index < DOCUMENTS_PER_VERSION; index++) {
      if ((index % SHELVES) % WIDTH === worker) {
        const document = documentOf(version, index);
        await postOne(client, port, version, document);
        if (index % 10 === 0) {
          await postOne(client, port, version, document);
        }
        accepted.push(document);
      }
    }
  });
  client.close();
}

async function postOne(
  client: LoadClient,
  port: number,
  version: 1 | 2,
  document: Document,
): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const { status, body } = await client.post(port, '/documents', bodyOf(version, document), {
      'content-type': 'application/json',
      'idempotency-key': document.id,
    });
    if (status === 202) {
      return;
    }
    if (status !== 503) {
      throw new Error(`the scanner answered ${status}: ${body}`);
    }
    await sleep(200);
  }
  throw new Error(`document ${document.id} was not accepted`);
}

async function rowsOf(platform: RunningPlatform): Promise<readonly Row[]> {
  const { rows } = await platform.database.query<Row>('SELECT * FROM documents ORDER BY position');
  return rows;
}

/** Waits until the archive has as many documents, or nothing changes any more. */
async function settle(platform: RunningPlatform, count: number): Promise<readonly Row[]> {
  let rows = await rowsOf(platform);
  let changed = performance.now();
  while (rows.length < count && performance.now() - changed < PATIENCE) {
    await sleep(1_000);
    const now = await rowsOf(platform);
    if (now.length !== rows.length) {
      changed = performance.now();
    }
    rows = now;
  }
  return rows;
}

/** What is wrong with the documents of the archive. */
function differences(accepted: readonly Document[], rows: readonly Row[]): string[] {
  const byId = new Map(rows.map((row) => [row.event_id, row]));
  const lost = accepted.filter(({ id }) => !byId.has(id)).length;
  const doubled = rows.length - byId.size;
  const other = accepted.filter(({ id, ownerName, language, text }) => {
    const row = byId.get(id);
    const hash = createHash('sha256').update(text).digest('hex');
    return (
      row !== undefined &&
      (row.owner_name !== ownerName || row.language !== language || row.content_hash !== hash)
    );
  }).length;
  const last = new Map<string, number>();
  const late = rows.filter(({ shelf, number }) => {
    const before = last.get(shelf) ?? -1;
    last.set(shelf, number);
    return number < before;
  }).length;
  return Object.entries({ lost, doubled, 'not as they were sent': other, 'out of order': late })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} documents ${what}`);
}

/** Whether a text is somewhere in the files of a folder. */
function isIn(folder: string, text: string): boolean {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .some(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(text));
}

/** Erases a person. Returns what is wrong afterwards. */
async function erase(platform: RunningPlatform): Promise<string[]> {
  const lines: string[] = [];
  const code = await keyCommand(
    'erase',
    ['owner-3', '--yes', '--wait', '30', '--apps', 'archive'],
    {
      open: () => new KeyStore(platform.database),
      out: (line) => lines.push(line),
      env: {},
    },
  );
  const { rows } = await platform.database.query<{ owner: string; names: string[] }>(
    'SELECT owner, array_agg(DISTINCT owner_name) AS names FROM documents GROUP BY owner',
  );
  const wrong = rows.filter(({ owner, names }) => {
    const name = owner === 'owner-3' ? 'erased' : `Personal Name ${owner.slice('owner-'.length)}`;
    return names.length !== 1 || names[0] !== name;
  });
  return [
    ...(code === 0 ? [] : [`erase ended with ${code}: ${lines.join('; ')}`]),
    ...wrong.map(({ owner, names }) => `${owner} has the names ${names.join(', ')}`),
  ];
}

/** Kills the archive and stops the store of contents while documents come in. */
async function disturb(
  platform: RunningPlatform,
  store: S3Server,
  progress: (text: string) => void,
): Promise<void> {
  await sleep(3_000);
  const { app } = platform.apps.get('archive')!;
  await app.stop('SIGKILL');
  await sleep(2_000);
  await app.start();
  progress('the archive was killed, and started again after 2 s');
  await store.process.stop('SIGKILL');
  await sleep(6_000);
  await store.process.start();
  progress('the store of contents was down for 6 s');
}

/**
 * Two versions of an event in flight, with personal data and large contents in a store, on a real broker.
 *
 * @returns what is wrong.
 */
export async function verifyVersions(
  broker: BrokerSetting,
  folder: string,
  progress: (text: string) => void,
): Promise<string[]> {
  const store = await startS3(join(folder, 's3'), BUCKET);
  const platform = await startPlatform({
    ...{ broker, folder, progress, system: DOCUMENTS },
    appEnv: () => store.env,
  });
  const accepted: Document[] = [];
  await Promise.all([
    post(platform, 1, accepted),
    post(platform, 2, accepted),
    disturb(platform, store, progress),
  ]);
  progress(`${accepted.length} documents of two versions were accepted`);
  const rows = await settle(platform, accepted.length);
  const { rows: held } = await platform.database.query<{ cause: string; events: number }>(
    'SELECT cause, count(*)::int AS events FROM quarantine GROUP BY cause',
  );
  const claims = readdirSync(join(folder, 's3', 'objects'), { recursive: true }).length;
  const failures = [
    ...differences(accepted, rows),
    ...held.map(({ cause, events }) => `${events} documents are in the quarantine: ${cause}`),
    ...(claims > DOCUMENTS_PER_VERSION / LARGE_EVERY ? [] : [`${claims} objects in the store`]),
    ...(isIn(join(folder, 'broker'), 'shelf-1-0') ? [] : ['the broker has nothing of shelf-1-0']),
    ...(isIn(join(folder, 'broker'), 'Personal Name') ? ['the broker has personal names'] : []),
    ...(await erase(platform)),
  ];
  await platform.database.end();
  progress(
    `${rows.length} documents in the archive; ${failures.length === 0 ? 'lost 0, doubled 0, in order, personal data encrypted and erased' : 'see the failures'}`,
  );
  return failures;
}
