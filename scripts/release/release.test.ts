import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentProblems, type PackedPackage } from '../pack-packages.ts';
import { run } from '../toolchain.ts';
import { publishArguments, release, type ReleaseOptions } from './release.ts';
import { readReleaseState, releaseProblems } from './release-problems.ts';
import { setVersion } from './set-version.ts';

const MANIFESTS = {
  'package.json': { name: 'repository', version: '1.0.0', private: true },
  'contracts/package.json': { name: 'contracts', version: '1.0.0', dependencies: { ajv: '8.0.0' } },
  'cli/package.json': {
    name: 'cli',
    version: '1.0.0',
    dependencies: { contracts: '1.0.0' },
    peerDependencies: { contracts: '1.0.0' },
  },
};

let root: string;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function writeJson(path: string, content: unknown): void {
  write(path, `${JSON.stringify(content, null, 2)}\n`);
}

function commit(): void {
  run('git', ['add', '--all'], { cwd: root });
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  run('git', [...author, 'commit', '--quiet', '--no-verify', '-m', 'test'], { cwd: root });
}

/** A repository of two packages that is ready to be released. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'release-'));
  Object.entries(MANIFESTS).forEach(([path, manifest]) => writeJson(path, manifest));
  const { 'package.json': own, ...packages } = MANIFESTS;
  writeJson('package-lock.json', {
    version: '1.0.0',
    packages: {
      '': own,
      contracts: packages['contracts/package.json'],
      cli: packages['cli/package.json'],
      'node_modules/ajv': { version: '1.0.0' },
    },
  });
  write('constructs/core/versions.ts', "export const PLATFORM_VERSION = '1.0.0';\n");
  write('CHANGELOG.md', '# Changelog\n\n## 1.0.0\n\n- The first release.\n');
  run('git', ['init', '--quiet'], { cwd: root });
  commit();
});
afterEach(() => rmSync(root, { recursive: true }));

function packed(name: string, version = '1.0.0'): PackedPackage {
  return {
    name,
    version,
    tarball: `${name}.tgz`,
    files: ['package.json', 'lib/index.js'],
    size: 12_345,
    dependencies: name === 'cli' ? { contracts: version } : {},
    peerDependencies: {},
  };
}

/** Runs a release. Returns what it printed, and the commands that it ran. */
function tryRelease(options: Partial<ReleaseOptions> = {}) {
  const printed: string[] = [];
  const commands: string[] = [];
  release({
    root,
    publish: false,
    pack: () => [packed('contracts'), packed('cli')],
    run: (program, args) => {
      commands.push([program, ...args].join(' '));
      if (args[0] === 'view') {
        throw new Error('npm error code E404');
      }
      return '';
    },
    print: (line) => printed.push(line),
    env: {},
    ...options,
  });
  return { printed: printed.join('\n'), commands };
}

describe('a dry run', () => {
  it('lists the packages and the commands to publish them, and runs none', () => {
    const { printed, commands } = tryRelease();
    expect(printed).toMatch(/^contracts +1\.0\.0 +2 +12$/m);
    expect(printed).toMatch(/^cli +1\.0\.0 +2 +12 +contracts$/m);
    expect(printed).toContain(
      'npm publish contracts.tgz --access=public\nnpm publish cli.tgz --access=public\ngit tag v1.0.0',
    );
    expect(commands).toEqual([]);
  });

  it('refuses packages that were built from another version', () => {
    expect(() => tryRelease({ pack: () => [packed('cli', '0.9.0')] })).toThrow(
      'packed as another version than 1.0.0: cli',
    );
  });

  it('builds nothing when the release is refused', () => {
    write('new.ts', '');
    let built = false;
    const pack = () => {
      built = true;
      return [];
    };
    expect(() => tryRelease({ pack })).toThrow(
      '1.0.0 cannot be released:\nthe checkout has uncommitted changes (new.ts): commit them first',
    );
    expect(built).toBe(false);
  });
});

describe('publishing', () => {
  it('publishes each package after those that it depends on', () => {
    const { commands } = tryRelease({ publish: true });
    expect(commands.filter((line) => line.includes('publish'))).toEqual([
      'npm publish contracts.tgz --access=public',
      'npm publish cli.tgz --access=public',
    ]);
  });

  it('continues a release that stopped half way', () => {
    const commands: string[] = [];
    tryRelease({
      publish: true,
      run: (_, args) => {
        commands.push(args.join(' '));
        if (args[1] === 'contracts@1.0.0') {
          return '1.0.0\n';
        }
        if (args[0] === 'view') {
          throw new Error('npm error code E404');
        }
        return '';
      },
    });
    expect(commands.filter((line) => line.startsWith('publish'))).toEqual([
      'publish cli.tgz --access=public',
    ]);
  });

  it('stops when the registry does not answer', () => {
    const unreachable = () => {
      throw new Error('npm error code ECONNREFUSED');
    };
    expect(() => tryRelease({ publish: true, run: unreachable })).toThrow('ECONNREFUSED');
  });

  it('proves where a package was built in CI, and keeps prereleases from latest', () => {
    expect(publishArguments(packed('cli'), { GITHUB_ACTIONS: 'true' })).toContain('--provenance');
    expect(publishArguments(packed('cli', '1.1.0-rc.1'), {})).toContain('--tag=next');
  });
});

describe('a release is refused', () => {
  const problems = () => releaseProblems(readReleaseState(root));

  it('when versions differ', () => {
    const { 'cli/package.json': cli } = MANIFESTS;
    writeJson('cli/package.json', {
      ...cli,
      version: '1.1.0',
      dependencies: { contracts: '0.9.0' },
    });
    write('constructs/core/versions.ts', "export const PLATFORM_VERSION = '0.8.0';\n");
    commit();
    expect(problems()).toEqual([
      'cli/package.json: version (1.1.0) must be 1.0.0',
      'cli/package.json: contracts (0.9.0) must be 1.0.0',
      'constructs/core/versions.ts: PLATFORM_VERSION (0.8.0) must be 1.0.0',
    ]);
  });

  it.each([
    ['no section', '# Changelog\n\n## 0.9.0\n\n- Earlier.\n'],
    ['an empty section', '# Changelog\n\n## 1.0.0\n\n## 0.9.0\n\n- Earlier.\n'],
  ])('when the changelog has %s for the version', (_, text) => {
    write('CHANGELOG.md', text);
    commit();
    expect(problems()).toEqual(["CHANGELOG.md has no changes under '## 1.0.0': add at least one"]);
  });

  it('when changes are left without a version', () => {
    write('CHANGELOG.md', '## Unreleased\n\n- New.\n\n## 1.0.0\n\n- The first release.\n');
    commit();
    expect(problems()).toEqual([
      "CHANGELOG.md has changes under '## Unreleased' (1): move them to a version",
    ]);
  });
});

describe('setting the version', () => {
  it('makes every file that names it ready to be released', () => {
    write('CHANGELOG.md', '## Unreleased\n\n- New.\n\n## 1.0.0\n\n- The first release.\n');
    setVersion(root, '1.1.0');
    commit();
    expect(releaseProblems(readReleaseState(root))).toEqual([]);
    const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as object;
    expect(read('cli/package.json')).toMatchObject({
      version: '1.1.0',
      dependencies: { contracts: '1.1.0' },
      peerDependencies: { contracts: '1.1.0' },
    });
    expect(read('contracts/package.json')).toMatchObject({ dependencies: { ajv: '8.0.0' } });
    expect(read('package-lock.json')).toMatchObject({
      version: '1.1.0',
      packages: {
        '': { version: '1.1.0' },
        cli: { dependencies: { contracts: '1.1.0' } },
        'node_modules/ajv': { version: '1.0.0' },
      },
    });
  });

  it('refuses what is not a version', () => {
    expect(() => setVersion(root, 'v2')).toThrow('version (v2) must look like 1.2.3 or 1.2.3-rc.1');
  });
});

it('finds files that do not belong in a package, and those that are missing', () => {
  expect(contentProblems('cli', ['package.json', 'LICENSE', 'src/main.test.ts'])).toEqual([
    'cli contains src/main.test.ts',
    'cli lacks README.md',
    'cli lacks lib/*.js',
  ]);
});
