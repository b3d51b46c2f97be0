import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { PACKAGES, type PackageSource } from './packages.ts';
import { run } from './toolchain.ts';

const ROOT = join(import.meta.dirname, '..');

/** Files of a folder and those below it. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
    join(folder, name),
  );
}

/** Declarations as every resolution of modules finds them: those of TypeScript's compiler name sources. */
function nameDeclarations(folder: string): void {
  for (const path of filesBelow(folder).filter((name) => name.endsWith('.d.ts'))) {
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replaceAll(/(['"])(\.{1,2}\/[^'"\n]*)\.ts\1/g, '$1$2.js$1'));
  }
}

/** Copies sources into the package, and makes its maps lead to them, wherever it was built. */
function packSources(folder: string, output: string): void {
  for (const path of filesBelow(join(output, 'lib')).filter((name) => name.endsWith('.map'))) {
    const map = JSON.parse(readFileSync(path, 'utf8')) as { sources: string[] };
    map.sources = map.sources.map((source) => {
      const original = resolve(dirname(path), source);
      const own = join(output, 'src', relative(folder, original));
      cpSync(original, own);
      return relative(dirname(path), own);
    });
    writeFileSync(path, JSON.stringify(map));
  }
}

/** What the compiler reads of one package: declarations of those before it are built already. */
function compilerSettings(
  { folder, format, entries, programs = {} }: PackageSource,
  output: string,
  built: string,
) {
  return {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      ...(format === 'commonjs'
        ? { module: 'commonjs', moduleResolution: 'bundler', verbatimModuleSyntax: false }
        : { module: 'nodenext', moduleResolution: 'nodenext' }),
      noEmit: false,
      rootDir: join(ROOT, folder),
      outDir: join(output, 'lib'),
      declaration: true,
      declarationMap: true,
      sourceMap: true,
      stripInternal: true,
      typeRoots: [join(ROOT, 'node_modules', '@types')],
      paths: Object.fromEntries(
        PACKAGES.flatMap(({ name, entries: others, folder: other }) =>
          other === folder
            ? []
            : Object.entries(others).map(([subpath, file]) => [
                join(name, subpath),
                [join(built, other, 'lib', file.replace(/\.ts$/, '.d.ts'))],
              ]),
        ),
      ),
    },
    // What the entries need, and so no test.
    files: [...Object.values(entries), ...Object.values(programs)].map((file) =>
      join(ROOT, folder, file),
    ),
    include: [],
  };
}

/**
 * Web address of the repository that a clone comes from, for package.json; undefined for one on this machine.
 *
 * @param remote what Git calls it, e.g. `git@example.com:team/repository.git`.
 */
export function repositoryUrl(remote: string): string | undefined {
  const [, host, path] =
    /^(?:https:\/\/|(?:ssh:\/\/)?git@)([\w.-]+)[:/](.+?)(?:\.git)?$/.exec(remote) ?? [];
  return host === undefined || path === undefined ? undefined : `git+https://${host}/${path}.git`;
}

/** Where this clone comes from; undefined when it has no remote on the web. */
function ownRepository(): string | undefined {
  const { stdout } = spawnSync('git', ['config', '--get', 'remote.origin.url'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return repositoryUrl(stdout.trim());
}

/** The package.json that is published: entries lead to what was built. */
function published(
  { folder, entries, programs, format, assets = [] }: PackageSource,
  repository: string | undefined,
): object {
  const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as object;
  const built = (file: string, extension: string) => `./lib/${file.replace(/\.ts$/, extension)}`;
  const subpaths = Object.keys(entries).filter((subpath) => subpath !== '.');
  return {
    ...manifest,
    ...(repository !== undefined && {
      repository: { type: 'git', url: repository, directory: folder },
      homepage: `${repository.replace(/^git\+|\.git$/g, '')}#readme`,
    }),
    type: format,
    ...(entries['.'] !== undefined && {
      main: built(entries['.'], '.js'),
      types: built(entries['.'], '.d.ts'),
    }),
    ...(programs && {
      bin: Object.fromEntries(
        Object.entries(programs).map(([name, file]) => [name, built(file, '.js')]),
      ),
    }),
    exports: {
      ...Object.fromEntries(
        Object.entries(entries).map(([subpath, file]) => [
          subpath,
          { types: built(file, '.d.ts'), default: built(file, '.js') },
        ]),
      ),
      './package.json': './package.json',
    },
    // For compilers that do not know exports.
    ...(subpaths.length > 0 && {
      typesVersions: {
        '*': Object.fromEntries(
          subpaths.map((subpath) => [subpath.slice(2), [built(entries[subpath]!, '.d.ts')]]),
        ),
      },
    }),
    files: ['lib', 'src', ...assets],
  };
}

/** Compiles one package. */
function buildPackage(source: PackageSource, built: string): void {
  const output = join(built, source.folder);
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const settings = join(output, 'tsconfig.json');
  writeFileSync(settings, JSON.stringify(compilerSettings(source, output, built), null, 2));
  run(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', settings]);
  rmSync(settings);
  nameDeclarations(join(output, 'lib'));
  packSources(join(ROOT, source.folder), output);
  writeFileSync(
    join(output, 'package.json'),
    `${JSON.stringify(published(source, ownRepository()), null, 2)}\n`,
  );
  for (const asset of source.assets ?? []) {
    cpSync(join(ROOT, source.folder, asset), join(output, asset), { recursive: true });
  }
  cpSync(join(ROOT, 'LICENSE'), join(output, 'LICENSE'));
  cpSync(join(ROOT, source.folder, 'README.md'), join(output, 'README.md'));
}

/**
 * Compiles every package into a folder of its own below `output`, ready to be published.
 *
 * @param progress is told of each that is done.
 */
export function buildPackages(output: string, progress: (line: string) => void): void {
  // Declarations that are built already name packages of the registry.
  const modules = join(output, 'node_modules');
  mkdirSync(output, { recursive: true });
  rmSync(modules, { force: true });
  symlinkSync(join(ROOT, 'node_modules'), modules);
  try {
    for (const source of PACKAGES) {
      const started = performance.now();
      buildPackage(source, resolve(output));
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      progress(`${source.name.padEnd(36)} ${seconds} s`);
    }
  } finally {
    rmSync(modules);
  }
}
