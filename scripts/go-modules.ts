import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './toolchain.ts';

const MODULE_ENV = { GOFLAGS: '-mod=mod' };

/** The read-only folder that a module is unpacked in, downloaded if it is not there. */
export function moduleFolder(module: string): string {
  const answer = run('go', ['mod', 'download', '-json', module], { cwd: tmpdir() });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}

/** Copies a module to a folder where it can be changed. */
export function copyModule(module: string, folder: string): void {
  cpSync(moduleFolder(module), folder, { recursive: true });
  run('chmod', ['-R', 'u+w', folder]);
}

/** Versions that a go.mod requires, by module. */
export function requirements(goMod: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, module, version] of readFileSync(goMod, 'utf8').matchAll(
    /^(?:require)?\s+(\S+) (v\S+)/gm,
  )) {
    found.set(module!, version!);
  }
  return found;
}

/**
 * Makes a module of our own in a folder for as long as something is built from it.
 *
 * @param files texts by name, `go.mod` among them.
 * @param build is given the folder of the module.
 */
export function withModule(
  folder: string,
  files: Readonly<Record<string, string>>,
  build: (source: string) => void,
): void {
  const source = join(folder, 'source');
  mkdirSync(source);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(source, name), text);
  }
  run('go', ['mod', 'tidy'], { cwd: source });
  build(source);
  rmSync(source, { recursive: true });
}

/** Builds a package of the module in `folder` into the file `output`. */
export function goBuild(
  folder: string,
  target: string,
  output: string,
  options: { readonly tags?: string; readonly ldflags?: string } = {},
): void {
  run(
    'go',
    [
      'build',
      '-trimpath',
      ...(options.tags === undefined ? [] : ['-tags', options.tags]),
      '-ldflags',
      `-s -w ${options.ldflags ?? ''}`,
      '-o',
      output,
      target,
    ],
    { cwd: folder, env: { ...MODULE_ENV, CGO_ENABLED: '0' } },
  );
}
