import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { MasterKey } from '../sealing/subject-cipher.ts';
import { SubjectKeys } from '../sealing/subject-keys.ts';
import { keyCommand } from './commands.ts';
import { KeyStore } from './erasure.ts';

const OLD = 'the master key before';
const NEW = 'the master key from now on';
let database: TestDatabase;
let lines: string[] = [];
beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), []);
});
afterAll(() => database.drop());
beforeEach(async () => {
  lines = [];
  await database.pool.query('TRUNCATE subject_keys, erased_by, erasures');
  await new SubjectKeys([new MasterKey(OLD)]).of(database.pool, new Set(['ann', 'bob']), true);
});

function run(name: 'erase' | 'rotate-keys', args: string[], env: Record<string, string> = {}) {
  return keyCommand(name, args, {
    open: () => new KeyStore(database.pool),
    out: (line) => lines.push(line),
    env,
  });
}

async function keysOf(subject: string): Promise<number> {
  return (await new KeyStore(database.pool).erasure(subject)).keys;
}

describe('erase', () => {
  it('deletes the keys of one subject, once', async () => {
    expect(await run('erase', ['ann', '--yes'])).toBe(0);
    expect(lines[0]).toMatch(/^ann was erased at .*; 1 keys were deleted now, 0 are left$/);
    expect([await keysOf('ann'), await keysOf('bob')]).toEqual([0, 1]);
    expect(await run('erase', ['ann', '--yes', '--json'])).toBe(0);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({
      subject: 'ann',
      deleted: 0,
      keys: 0,
      apps: [],
    });
  });

  it('waits for apps, and says which have not erased', async () => {
    const wait = ['ann', '--yes', '--wait', '10', '--apps', 'crm,mail'];
    const waiting = run('erase', wait);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await database.pool.query(
      "INSERT INTO erased_by (app, subject) VALUES ('crm', 'ann'), ('mail', 'ann')",
    );
    expect(await waiting).toBe(0);
    expect(await run('erase', ['ann', '--status', '--apps', 'crm,search'])).toBe(1);
    expect(lines.slice(-2)).toEqual([
      'erased in their tables: crm, mail',
      'not yet: search; ask again with --status',
    ]);
  });

  it.each([
    [[], 'erase takes one subject'],
    [[''], 'erase takes one subject'],
    [['ann', 'bob', '--yes'], 'erase takes one subject'],
    [['ann'], "erasing 'ann' cannot be undone: add --yes"],
    [['ann', '--yes', '--wait', 'long'], '--wait (long) must be a number of seconds'],
    [['ann', '--force'], "Unknown option '--force'"],
  ])('changes nothing for %j', async (args, message) => {
    expect(await run('erase', args)).toBe(2);
    expect(lines[0]).toContain(message);
    expect(await keysOf('ann')).toBe(1);
  });

  it('shows what a terminal would obey as text', async () => {
    await run('erase', ['a\u001b[31m', '--status']);
    expect(lines[0]).toBe('a\\u001b[31m is not erased, and has 0 keys');
  });
});

describe('rotate-keys', () => {
  const env = { PERSONAL_DATA_KEY: NEW, PERSONAL_DATA_PREVIOUS_KEY: OLD };

  it('encrypts all keys with the new master key', async () => {
    expect(await run('rotate-keys', [], env)).toBe(0);
    expect(lines[0]).toBe(
      '2 keys were encrypted with the new master key; 0 subjects have a new key',
    );
    const opened = await new SubjectKeys([new MasterKey(NEW)]).of(database.pool, new Set(['ann']));
    expect([...opened.get('ann')!.keys.keys()]).toEqual([1]);
    expect(await run('rotate-keys', ['--subjects', '--json'], env)).toBe(0);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ rewrapped: 0, renewed: 2 });
    expect(await keysOf('ann')).toBe(2);
  });

  it('gives no new key to a subject that is erased', async () => {
    const keys = new KeyStore(database.pool);
    await keys.erase('ann');
    const later = new Date(Date.now() + 60_000);
    expect(await keys.renew(new MasterKey(OLD), later)).toBe(1);
    expect([await keysOf('ann'), await keysOf('bob')]).toEqual([0, 2]);
  });

  it('does all of many keys', async () => {
    const subjects = new Set(Array.from({ length: 1_100 }, (_, index) => `user-${index}`));
    await new SubjectKeys([new MasterKey(OLD)]).of(database.pool, subjects, true);
    expect(await run('rotate-keys', ['--json'], env)).toBe(0);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      rewrapped: 1_102,
      masters: [{ keys: 1_102, current: true }],
    });
  });

  it.each([
    [[], {}, 2, 'PERSONAL_DATA_KEY is not set'],
    [[], { PERSONAL_DATA_KEY: 'short' }, 1, 'has 5 characters: use 16 or more'],
    [['ann'], env, 2, 'rotate-keys takes no arguments'],
    [
      [],
      { PERSONAL_DATA_KEY: NEW },
      1,
      'which is not given: give it as PERSONAL_DATA_PREVIOUS_KEY',
    ],
  ])('changes nothing for %j with %j', async (args, variables, code, message) => {
    expect(await run('rotate-keys', args, variables)).toBe(code);
    expect(lines[0]).toContain(message);
    expect([...(await new KeyStore(database.pool).keysByMaster())]).toEqual([
      [new MasterKey(OLD).id, 2],
    ]);
  });
});
