import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Manifest,
  manifestPaths,
  PLATFORM_VERSION_FILE,
  PLATFORM_VERSION_LINE,
} from './release-problems.ts';

/** The entries of npm's lock file that this repository's packages have, by folder; `''` is the root. */
interface LockFile {
  version: string;
  readonly packages: Record<string, Manifest>;
}

const VERSION = /^\d+\.\d+\.\d+(-[0-9a-z.-]+)?$/;

/** A package.json with another version, of itself and of those packages in `own` that it depends on. */
function withVersion<Own extends Manifest>(
  manifest: Own,
  own: ReadonlySet<string>,
  version: string,
): Own {
  const updated = (dependencies: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(dependencies).map(([name, range]) => [name, own.has(name) ? version : range]),
    );
  const { dependencies, peerDependencies } = manifest;
  return {
    ...manifest,
    version,
    ...(dependencies && { dependencies: updated(dependencies) }),
    ...(peerDependencies && { peerDependencies: updated(peerDependencies) }),
  };
}

/**
 * Writes one version to every package.json, npm's lock file and `PLATFORM_VERSION`, and moves the unreleased
 * changes of the changelog to it.
 *
 * @throws Error when it is not a version.
 */
export function setVersion(root: string, version: string): void {
  if (!VERSION.test(version)) {
    throw new Error(`version (${version}) must look like 1.2.3 or 1.2.3-rc.1`);
  }
  const edit = (path: string, change: (text: string) => string) =>
    writeFileSync(join(root, path), change(readFileSync(join(root, path), 'utf8')));
  const editJson = <Content>(path: string, change: (content: Content) => Content) =>
    edit(path, (text) => `${JSON.stringify(change(JSON.parse(text) as Content), null, 2)}\n`);

  const paths = manifestPaths(root);
  const folders = paths.map((path) => dirname(path).replace(/^\.$/, ''));
  const own = new Set(
    paths.map((path) => (JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest).name),
  );
  for (const path of paths) {
    editJson<Manifest>(path, (manifest) => withVersion(manifest, own, version));
  }
  editJson<LockFile>('package-lock.json', (lock) => ({
    ...lock,
    version,
    packages: Object.fromEntries(
      Object.entries(lock.packages).map(([folder, entry]) => [
        folder,
        folders.includes(folder) ? withVersion(entry, own, version) : entry,
      ]),
    ),
  }));
  edit(PLATFORM_VERSION_FILE, (text) => text.replace(PLATFORM_VERSION_LINE, `$1${version}$3`));
  edit('CHANGELOG.md', (text) => text.replace(/^## Unreleased$/m, `## ${version}`));
}
