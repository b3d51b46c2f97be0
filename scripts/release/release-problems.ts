import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../toolchain.ts';

/** The parts of a package.json that a release is about. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Everything that a release is decided from. */
export interface ReleaseState {
  /** Version in the package.json of the repository. */
  readonly version: string;
  /** Every package.json of the repository, by path. */
  readonly manifests: Readonly<Record<string, Manifest>>;
  /** `PLATFORM_VERSION`, which manifests are labelled with. */
  readonly platformVersion: string;
  readonly changelog: string;
  /** Files that differ from the last commit. */
  readonly changedFiles: readonly string[];
}

/** File with the version that rendered manifests carry. */
export const PLATFORM_VERSION_FILE = 'constructs/core/versions.ts';
export const PLATFORM_VERSION_LINE = /(export const PLATFORM_VERSION = ')([^']*)(';)/;

/** Lines that Git prints. */
export function gitLines(root: string, ...args: string[]): string[] {
  return run('git', args, { cwd: root })
    .split('\n')
    .filter((line) => line !== '');
}

/** Paths of every package.json that Git tracks. */
export function manifestPaths(root: string): string[] {
  return gitLines(root, 'ls-files', 'package.json', '**/package.json');
}

/** Reads the state of a checkout. */
export function readReleaseState(root: string): ReleaseState {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const manifests = Object.fromEntries(
    manifestPaths(root).map((path) => [path, JSON.parse(read(path)) as Manifest]),
  );
  return {
    version: manifests['package.json']!.version,
    manifests,
    platformVersion: PLATFORM_VERSION_LINE.exec(read(PLATFORM_VERSION_FILE))?.[2] ?? '',
    changelog: read('CHANGELOG.md'),
    changedFiles: gitLines(root, 'status', '--porcelain').map((line) => line.slice(3)),
  };
}

/** Entries under a heading of the changelog. */
function changes(changelog: string, heading: string): string[] {
  const section = changelog.split(/^## /m).find((part) => part.split('\n')[0]!.trim() === heading);
  return section?.split('\n').filter((line) => line.startsWith('- ')) ?? [];
}

/** Versions in one package.json that differ from the version of the release. */
function manifestProblems(
  path: string,
  manifest: Manifest,
  own: ReadonlySet<string>,
  version: string,
): string[] {
  const { dependencies = {}, peerDependencies = {} } = manifest;
  const named = [
    ['version', manifest.version] as const,
    ...[...Object.entries(dependencies), ...Object.entries(peerDependencies)].filter(([name]) =>
      own.has(name),
    ),
  ];
  return named
    .filter(([, found]) => found !== version)
    .map(([field, found]) => `${path}: ${field} (${found}) must be ${version}`);
}

/** Everything that stands against a release; empty when it may go on. */
export function releaseProblems(state: ReleaseState): string[] {
  const { version, manifests, platformVersion, changelog, changedFiles } = state;
  const own = new Set(Object.values(manifests).map(({ name }) => name));
  const pending = changes(changelog, 'Unreleased').length;
  return [
    ...(changedFiles.length === 0
      ? []
      : [`the checkout has uncommitted changes (${changedFiles.join(', ')}): commit them first`]),
    ...Object.entries(manifests).flatMap(([path, manifest]) =>
      manifestProblems(path, manifest, own, version),
    ),
    ...(platformVersion === version
      ? []
      : [`${PLATFORM_VERSION_FILE}: PLATFORM_VERSION (${platformVersion}) must be ${version}`]),
    ...(changes(changelog, version).length > 0
      ? []
      : [`CHANGELOG.md has no changes under '## ${version}': add at least one`]),
    ...(pending === 0
      ? []
      : [`CHANGELOG.md has changes under '## Unreleased' (${pending}): move them to a version`]),
  ];
}
