import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGES } from './packages.ts';
import { run } from './toolchain.ts';

const ROOT = join(import.meta.dirname, '..');

/** Files that only this repository needs. Tests of a template are those of the project that it becomes. */
const UNWANTED = /^(?!template\/).*(?:\.test\.|__snapshots__|fixtures|generated\.ts$)/;

/** Files that every package has. */
const REQUIRED = ['LICENSE', 'README.md', 'package.json'];

/** A package as npm packed it. */
export interface PackedPackage {
  readonly name: string;
  readonly version: string;
  /** Path of the archive. */
  readonly tarball: string;
  /** Paths inside the archive. */
  readonly files: readonly string[];
  /** Size of the archive in bytes. */
  readonly size: number;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** Files that a package must not have, and those that it lacks. */
export function contentProblems(name: string, files: readonly string[]): string[] {
  return [
    ...files.filter((path) => UNWANTED.test(path)).map((path) => `${name} contains ${path}`),
    ...REQUIRED.filter((path) => !files.includes(path)).map((path) => `${name} lacks ${path}`),
    ...(files.some((path) => /^lib\/.*\.js$/.test(path)) ? [] : [`${name} lacks lib/*.js`]),
  ];
}

/** Files of built packages that contain a path of this machine. */
function pathProblems(built: string): string[] {
  return readdirSync(built, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(js|ts|json|map|md)$/.test(file))
    .filter((file) => readFileSync(join(built, file), 'utf8').includes(ROOT))
    .map((file) => `${file} contains a path of this machine`);
}

/**
 * Packs what `buildPackages` wrote to `built` into archives in `folder`, in the order of `PACKAGES`.
 *
 * @throws Error that lists files which do not belong in a package, and those that are missing.
 */
export function packPackages(built: string, folder: string): PackedPackage[] {
  mkdirSync(folder, { recursive: true });
  const packed = PACKAGES.map(({ folder: own }) => {
    const cwd = join(built, own);
    const answer = run('npm', ['pack', '--json', '--pack-destination', folder], { cwd });
    const [{ name, version, filename, files, size }] = JSON.parse(answer) as [
      {
        name: string;
        version: string;
        filename: string;
        files: { path: string }[];
        size: number;
      },
    ];
    const { dependencies = {}, peerDependencies = {} } = JSON.parse(
      readFileSync(join(cwd, 'package.json'), 'utf8'),
    ) as Partial<PackedPackage>;
    return {
      name,
      version,
      tarball: join(folder, filename),
      files: files.map(({ path }) => path),
      size,
      dependencies,
      peerDependencies,
    };
  });
  const problems = [
    ...packed.flatMap(({ name, files }) => contentProblems(name, files)),
    ...pathProblems(built),
  ];
  if (problems.length > 0) {
    throw new Error(problems.join('\n'));
  }
  return packed;
}

/** Checks entries and fields of each built package.json with publint. @throws Error with what it finds. */
export function checkEntries(built: string): void {
  for (const { folder } of PACKAGES) {
    run(join(ROOT, 'node_modules', '.bin', 'publint'), ['--strict', join(built, folder)]);
  }
}

/** Checks the types of each archive as compilers resolve them. @throws Error with what it finds. */
export function checkTypes(packed: readonly PackedPackage[]): void {
  for (const { name, tarball } of packed) {
    const esm = PACKAGES.some((source) => source.name === name && source.format === 'module');
    run(join(ROOT, 'node_modules', '.bin', 'attw'), [
      tarball,
      ...(esm ? ['--profile=esm-only'] : []),
    ]);
  }
}
