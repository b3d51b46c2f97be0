import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestProject } from '../scaffold/testing/test-project.ts';

const LOCK = 'contracts.lock.json';
const EVENT = 'events/order-placed.ts';
const ID = "order_id: { type: 'string', maxLength: 64 },";

let project: TestProject;
beforeEach(() => {
  project = new TestProject();
});
afterEach(() => project.remove());

const isThere = () => existsSync(join(project.folder, LOCK));
/** Changes the contract: a property with a text, and the version. */
function change(version: string, property: string): void {
  project.replace(EVENT, ID, `${ID}\n      ${property}`);
  project.replace(EVENT, "version: '1.0.0'", `version: '${version}'`);
}

/** What a call refuses; the file must have the same bytes afterwards, and no other must be left. */
async function refused(...args: readonly string[]): Promise<string> {
  const before = isThere() ? project.read(LOCK) : undefined;
  const { error } = await project.call('contracts', ...args);
  expect(isThere() ? project.read(LOCK) : undefined).toBe(before);
  expect(readdirSync(project.folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  return error?.message ?? 'nothing was refused';
}

describe('contracts', () => {
  it('writes the lock file, which is current then, with the same bytes each time', async () => {
    expect(await project.run('contracts')).toBe(
      'new      com.example.order.placed 1.0.0\ncontracts.lock.json is written: commit it',
    );
    const text = project.read(LOCK);
    expect(text).toContain('"required": ["order_id", "customer_id"]');
    expect(await project.run('contracts', '--check')).toBe('contracts.lock.json is current');
    expect(await project.run('contracts', 'lock')).toBe('contracts.lock.json is current');
    expect(project.read(LOCK)).toBe(text);
  });

  it('adds a compatible version, and keeps the one before', async () => {
    await project.run('contracts');
    change('1.1.0', "note: { type: 'string', maxLength: 9 },");
    expect(await refused('--check')).toBe(
      'contracts.lock.json is not current: run event-platform contracts, and commit it',
    );
    expect(await project.run('contracts')).toContain('new      com.example.order.placed 1.1.0');
    expect(Object.keys(versions())).toEqual(['1.0.0', '1.1.0']);
    project.replace(EVENT, "version: '1.1.0',", "version: '1.1.0',\n  compatibility: 'backward',");
    expect(await project.run('contracts')).toContain('changed  com.example.order.placed 1.1.0');
  });

  it('refuses an incompatible change, names field, consumer and remedy, and writes nothing', async () => {
    await project.run('contracts');
    project.replace(EVENT, ID, ID.replace('64', '100'));
    expect(await refused()).toContain(
      'has another schema than the one that is locked as 1.0.0 (at #/properties/order_id/maxLength): a changed schema needs a higher version, use 1.1.0 [EP2009]',
    );
    project.replace(EVENT, "version: '1.0.0'", "version: '1.1.0'");
    for (const args of [[], ['--check'], ['lock']]) {
      expect(await refused(...args)).toBe(
        "contracts cannot be locked:\n- event 'com.example.order.placed' 1.1.0 is not forward compatible with 1.0.0: consumers of 1.0.0 ('order-processor') would reject data of 1.1.0, in which $.order_id may have 100 characters, and must have at most 64: change the schema so that both accept it, or use 2.0.0 on a new topic and upcast 1.x [EP2008]",
      );
    }
  });

  it('lists what no app declares, and removes it when it is told to', async () => {
    await project.run('contracts');
    project.replace(EVENT, "version: '1.0.0'", "version: '2.0.0'");
    project.replace(EVENT, "topic: 'order-placed'", "topic: 'order-placed-2'");
    expect(await project.run('contracts')).toBe(
      'new      com.example.order.placed 2.0.0\nretired  com.example.order.placed 1.0.0\ncontracts.lock.json is written: commit it',
    );
    expect(Object.keys(versions())).toEqual(['1.0.0', '2.0.0']);
    expect(await project.run('contracts', '--prune')).toContain(
      'removed  com.example.order.placed 1.0.0',
    );
    expect(Object.keys(versions())).toEqual(['2.0.0']);
  });

  it('prints JSON, with the problems, too', async () => {
    const first = JSON.parse(await project.run('contracts', '--json')) as object;
    const added = [{ type: 'com.example.order.placed', version: '1.0.0' }];
    expect(first).toEqual({ added, changed: [], retired: [], problems: [], isCurrent: false });
    project.replace(EVENT, ID, ID.replace('64', '100'));
    const { output, error } = await project.call('contracts', '--json');
    expect((JSON.parse(output) as { problems: string[] }).problems).toHaveLength(1);
    expect(error?.message).toContain('EP2009');
  });
});

describe('a lock file is refused, and stays as it is', () => {
  it.each<[string, (text: string) => string, RegExp]>([
    ['edited by hand', (text) => text.replace('64', '65'), /1\.0\.0 of '.*' was edited by hand/],
    ['broken', (text) => text.slice(0, -20), /is not JSON \(.*\): restore it from version control/],
    [
      'in conflict',
      (text) => `<<<<<<< HEAD\n${text}=======\n${text}>>>>>>> other\n`,
      /marker of a merge conflict in line 1/,
    ],
    [
      'newer',
      (text) => text.replace('"lockfileVersion": 1', '"lockfileVersion": 2'),
      /a newer version/,
    ],
    ['of another shape', () => '{"lockfileVersion":1}', /'contracts' is missing/],
  ])('when it is %s', async (_, edit, message) => {
    await project.run('contracts');
    project.write(LOCK, edit(project.read(LOCK)));
    expect(await refused()).toMatch(message);
    expect(await refused('--check')).toMatch(message);
  });

  it('when a declared version is unknown', async () => {
    change('1.2.0', "note: { type: 'string', maxLength: 9 },");
    await project.run('contracts');
    project.replace(EVENT, "version: '1.2.0'", "version: '1.1.0'");
    expect(await refused()).toMatch(/1\.1\.0 is unknown: it is lower than 1\.2\.0/);
  });

  it('when a schema refers to itself in a circle', async () => {
    await project.run('contracts');
    project.replace(EVENT, ID, `${ID}\n      loop: { $ref: '#/definitions/loop' },`);
    project.replace(
      EVENT,
      "type: 'object',",
      "type: 'object',\n    definitions: { loop: { $ref: '#/definitions/loop' } },",
    );
    expect(await refused()).toMatch(
      /#\/definitions\/loop refers to itself before it leads into a value/,
    );
  });
});

it('contracts names its actions when it is called wrongly', async () => {
  expect(await refused('unlock')).toContain(
    "contracts takes lock, export, import or nothing, not 'unlock'",
  );
  expect(await refused('lock', 'more')).toContain("takes no arguments, not 'more'");
  expect(await refused('--chek')).toContain("Unknown option '--chek'");
});

function versions(): object {
  const lock = JSON.parse(project.read(LOCK)) as { contracts: Record<string, object> };
  return lock.contracts['com.example.order.placed']!;
}
