import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../../scripts/toolchain.ts';

/** A project of another team before anything is installed. */
export interface Project {
  readonly name: string;
  /** What it shows. */
  readonly shows: string;
  /** Files by path. package.json is added. */
  readonly files: Readonly<Record<string, string>>;
  /** Type of its modules. */
  readonly type: 'module' | 'commonjs';
  /** Packages of ours, by name. */
  readonly own: readonly string[];
  /** Packages of the registry, with their versions. */
  readonly registry: Readonly<Record<string, string>>;
  /** What installs it. @default 'npm' */
  readonly installer?: 'npm' | 'pnpm';
  /** Commands, one after the other, each with what it must print. */
  readonly commands: readonly Command[];
  /** What is done in its folder when the commands have run. @default - nothing */
  readonly then?: (folder: string, tarballs: ReadonlyMap<string, string>) => Promise<void>;
}

/** A command of a project. */
export interface Command {
  /** Program and arguments; programs of packages by their name. */
  readonly run: readonly [string, ...string[]];
  /** What it must print. @default - anything */
  readonly output?: RegExp;
  /** Whether it must fail. @default false */
  readonly fails?: boolean;
}

/** Installs what package.json names. npm is there, and fetches the other. */
const INSTALL = {
  npm: ['install', '--no-audit', '--no-fund'],
  pnpm: ['exec', '--yes', '--package=pnpm@10.34.8', '--', 'pnpm', 'install'],
} as const;

/** Creates a project in an empty folder, installs it, and runs its commands. @throws Error that names the one that failed. */
export async function tryProject(
  project: Project,
  folder: string,
  tarballs: ReadonlyMap<string, string>,
): Promise<void> {
  const { name, type, files, own, registry, installer = 'npm', commands, then } = project;
  const ours = Object.fromEntries(own.map((one) => [one, `file:${tarballs.get(one)!}`]));
  const all = Object.fromEntries([...tarballs].map(([one, path]) => [one, `file:${path}`]));
  mkdirSync(folder, { recursive: true });
  const manifest = {
    name,
    version: '1.0.0',
    private: true,
    type,
    dependencies: { ...ours, ...registry },
    // They are not published yet.
    ...(installer === 'npm' && { overrides: all }),
  };
  for (const [path, text] of Object.entries({
    'package.json': JSON.stringify(manifest, null, 2),
    ...(installer === 'pnpm' && {
      'pnpm-workspace.yaml': JSON.stringify({ overrides: all, strictDepBuilds: false }),
    }),
    ...files,
  })) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  run('npm', INSTALL[installer], { cwd: folder });
  for (const command of commands) {
    tryCommand(command, folder);
  }
  await then?.(folder, tarballs);
}

/** Node, a program of the project by its path, or one of its packages by its name. */
function pathOf(program: string, cwd: string): string {
  if (program === 'node') {
    return process.execPath;
  }
  return program.startsWith('./') ? join(cwd, program) : join(cwd, 'node_modules', '.bin', program);
}

function tryCommand(
  { run: [program, ...args], output, fails = false }: Command,
  cwd: string,
): void {
  const line = [program, ...args].join(' ');
  let said: string;
  let failed = false;
  try {
    said = run(pathOf(program, cwd), args, { cwd });
  } catch (error) {
    failed = true;
    said = (error as Error).message;
  }
  if (failed !== fails) {
    throw new Error(`'${line}' ${failed ? `fails: ${said}` : 'succeeds, and must fail'}`);
  }
  if (output !== undefined && !output.test(said)) {
    throw new Error(`'${line}' does not say ${String(output)}:\n${said.slice(0, 2_000)}`);
  }
}
