import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Lets a project that was created install the packed packages, which no registry has yet. */
export function usePacked(folder: string, tarballs: ReadonlyMap<string, string>): void {
  const packed = (versions: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(versions).map(([name, version]) => {
        const tarball = tarballs.get(name);
        return [name, tarball === undefined ? version : `file:${tarball}`];
      }),
    );
  const file = join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  const changed = {
    ...manifest,
    dependencies: packed(manifest.dependencies),
    devDependencies: packed(manifest.devDependencies),
    overrides: packed(Object.fromEntries([...tarballs.keys()].map((name) => [name, '']))),
  };
  writeFileSync(file, `${JSON.stringify(changed, null, 2)}\n`);
}
