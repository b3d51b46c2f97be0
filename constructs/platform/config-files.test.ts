import { ApiObject, App, JsonPatch } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TestPlatform } from '../testing/fixtures.ts';
import { ConfigFiles, textFiles } from './config-files.ts';
import { Environment, EventPlatform, renderPlatform } from './index.ts';

/** A little more than a third of what one ConfigMap takes. */
const LARGE = `${'x'.repeat(400_000)}\n`;

describe('textFiles', () => {
  it('gives a short text as one file', () => {
    expect(textFiles('a\nb\n', '.sh')).toEqual({ '001.sh': 'a\nb\n' });
    expect(textFiles('', '.sh')).toEqual({ '001.sh': '' });
  });

  it('divides a text between lines, into files of at most a megabyte that make it up again', () => {
    const lines = fc.array(fc.constantFrom('a\n', 'ä'.repeat(300_000), LARGE, '\n'), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(lines, (parts) => {
        const text = parts.join('');
        const files = Object.entries(textFiles(text, '.sh'));
        expect(files.map(([, part]) => part).join('') === text).toBe(true);
        expect(files.map(([name]) => name)).toEqual(files.map(([name]) => name).sort());
        for (const [, part] of files.slice(0, -1)) {
          expect(part.endsWith('\n')).toBe(true);
        }
        for (const [, part] of files) {
          const isOneLine = !part.slice(0, -1).includes('\n');
          expect(isOneLine || Buffer.byteLength(part) <= 1_000_000).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('ConfigFiles', () => {
  const withFiles = (files: Record<string, string>) => {
    const platform = new EventPlatform(new App(), 'test', { environment: Environment.local() });
    const made = new ConfigFiles(platform, 'files', {
      name: 'files',
      labels: {},
      files: () => files,
    });
    const rendered = () =>
      renderPlatform(platform)
        .flatMap(({ objects }) => objects as unknown as { kind: string; data?: object }[])
        .filter(({ kind }) => kind === 'ConfigMap')
        .map(({ data }) => Object.keys(data ?? {}));
    return { made, rendered };
  };

  it('are in one ConfigMap where they have room', () => {
    expect(withFiles({ a: 'x', b: 'y' }).rendered()).toEqual([['a', 'b']]);
    expect(withFiles({}).rendered()).toEqual([[]]);
  });

  it('are in as many ConfigMaps as they need, each time that they are rendered', () => {
    const files: Record<string, string> = { a: LARGE, b: LARGE };
    const { rendered } = withFiles(files);
    expect(rendered()).toEqual([['a', 'b']]);
    Object.assign(files, { c: LARGE, d: LARGE, e: LARGE });
    expect(rendered()).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(rendered()).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    delete files.d;
    delete files.e;
    expect(rendered()).toEqual([['a', 'b'], ['c']]);
  });

  it('have another hash when a file or a patch is another one', () => {
    const files: Record<string, string> = { a: 'x' };
    const { made } = withFiles(files);
    const hashes = [made.hash()];
    files.b = 'y';
    hashes.push(made.hash());
    made.configMap.addJsonPatch(JsonPatch.replace('/data/a', 'z'));
    hashes.push(made.hash());
    expect(new Set(hashes).size).toBe(3);
    expect(made.hash()).toBe(hashes[2]);
  });
});

describe('files of a Job', () => {
  it('are mounted from all of their ConfigMaps, which come before it', () => {
    const test = new TestPlatform();
    for (const number of ['0100', '0101', '0102']) {
      test.database.addMigration({
        name: `${number}-large`,
        sql: `SELECT '${'x'.repeat(600_000)}';`,
      });
    }
    const names = ['postgres-migrations', 'postgres-migrations-2', 'postgres-migrations-3'];
    const objects = test.objects();
    const found = objects
      .filter(({ metadata }) => metadata.name.startsWith('postgres-migrations'))
      .filter(({ kind }) => kind === 'ConfigMap' || kind === 'Job');
    expect(found.map(({ kind }) => kind)).toEqual(['ConfigMap', 'ConfigMap', 'ConfigMap', 'Job']);
    expect(found.slice(0, 3).map(({ metadata }) => metadata.name)).toEqual(names);
    expect(found[3]!.spec.template.spec.volumes[0]).toEqual({
      name: 'migrations',
      projected: { sources: names.map((name) => ({ configMap: { name } })) },
    });
  });

  it('make another Job of it when they are patched', () => {
    const test = new TestPlatform();
    test.producer();
    const before = test.object('Job', 'kafka-topics').metadata.name;
    const script = test.broker.node.findChild('topics').node.findChild('script');
    ApiObject.of(script).addJsonPatch(JsonPatch.add('/data/002.sh', 'echo more\n'));
    expect(test.script('kafka-topics')).toMatch(/echo more\n$/);
    expect(test.object('Job', 'kafka-topics').metadata.name).not.toBe(before);
  });
});
