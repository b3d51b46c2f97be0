import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfigFileTextToJson } from 'typescript';
import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { PLATFORM_VERSION } from '../constructs/core/versions.ts';
import { PACKAGES } from './packages.ts';

const ROOT = join(import.meta.dirname, '..');

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

function read(folder: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest;
}

/** What this repository is developed with. */
const installed: Readonly<Record<string, string>> = {
  ...packageJson.dependencies,
  ...packageJson.devDependencies,
};
const own = new Set(PACKAGES.map(({ name }) => name));

it('names the version of all packages in manifests', () => {
  expect(PLATFORM_VERSION).toBe(packageJson.version);
});

describe.each(PACKAGES)('package $name', ({ name, folder, entries }) => {
  const manifest = read(folder);

  it('has its name, the version of all, a licence and words to find it by', () => {
    expect(manifest).toMatchObject({ name, version: packageJson.version, license: 'Apache-2.0' });
    expect(manifest.description).toMatch(/\.$/);
    expect(manifest.keywords.length).toBeGreaterThan(3);
  });

  it('depends on the versions that tests run with', () => {
    for (const [dependency, version] of Object.entries(manifest.dependencies ?? {})) {
      const expected = own.has(dependency)
        ? packageJson.version
        : (installed[dependency] ?? read('app-images/runtime').dependencies![dependency]);
      expect(version, dependency).toBe(expected);
    }
  });

  it('depends on packages of ours that are built before it', () => {
    const earlier = PACKAGES.slice(
      0,
      PACKAGES.findIndex((other) => other.name === name),
    ).map((other) => other.name);
    const wanted = [
      ...Object.keys(manifest.dependencies ?? {}),
      ...Object.keys(manifest.peerDependencies ?? {}),
    ].filter((dependency) => own.has(dependency));
    expect(wanted.filter((dependency) => !earlier.includes(dependency))).toEqual([]);
  });

  it('has a README that installs it with its peers', () => {
    const readme = readFileSync(join(ROOT, folder, 'README.md'), 'utf8');
    // npm create installs what it runs.
    const [, line] = /^npm (?:install|create) (?:--save-dev )?(.*)$/m.exec(readme) ?? [];
    const { peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
    const needed = Object.keys(peerDependencies).filter(
      (peer) => peerDependenciesMeta[peer]?.optional !== true,
    );
    const shown = name.replace(/^create-/, '');
    expect(line?.split(' ')).toEqual(expect.arrayContaining([shown, ...needed]));
  });

  it('has its entries under their names in tsconfig.json', () => {
    const { config } = parseConfigFileTextToJson(
      'tsconfig.json',
      readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'),
    ) as { config: { compilerOptions: { paths: Record<string, string[]> } } };
    for (const [subpath, file] of Object.entries(entries)) {
      expect(existsSync(join(ROOT, folder, file))).toBe(true);
      expect(config.compilerOptions.paths[join(name, subpath)]).toEqual([`./${folder}/${file}`]);
    }
  });
});
