import { table } from '../../cli/table.ts';
import type { PackedPackage } from '../pack-packages.ts';
import { readReleaseState, releaseProblems } from './release-problems.ts';

/** What a release does outside of itself. */
export interface ReleaseOptions {
  /** Folder of the repository. */
  readonly root: string;
  /** Publishes; otherwise the release only says what it would do. */
  readonly publish: boolean;
  /** Builds, packs and checks the packages, each after those that it depends on. */
  readonly pack: () => readonly PackedPackage[];
  /** Runs a command, and returns what it prints. @throws Error when it fails. */
  readonly run: (command: string, args: readonly string[]) => string;
  readonly print: (line: string) => void;
  /** Environment variables: `GITHUB_ACTIONS` and `GITLAB_CI` can prove where a package was built. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Arguments of npm that publish one package. Prereleases do not become `latest`. */
export function publishArguments(
  { tarball, version }: Pick<PackedPackage, 'tarball' | 'version'>,
  env: ReleaseOptions['env'],
): string[] {
  const provenance = env.GITHUB_ACTIONS !== undefined || env.GITLAB_CI !== undefined;
  return [
    'publish',
    tarball,
    '--access=public',
    ...(version.includes('-') ? ['--tag=next'] : []),
    ...(provenance ? ['--provenance'] : []),
  ];
}

/** Whether the registry has this version: an earlier release may have stopped half way. */
function isPublished({ name, version }: PackedPackage, run: ReleaseOptions['run']): boolean {
  try {
    return run('npm', ['view', `${name}@${version}`, 'version']).trim() === version;
  } catch (error) {
    if ((error as Error).message.includes('E404')) {
      return false;
    }
    throw error;
  }
}

function summary(packed: readonly PackedPackage[]): string {
  return table(
    ['package', 'version', 'files', 'kB', 'depends on'],
    packed.map(({ name, version, files, size, dependencies, peerDependencies }) => [
      name,
      version,
      `${files.length}`,
      (size / 1000).toFixed(0),
      Object.keys({ ...dependencies, ...peerDependencies }).join(' '),
    ]),
    [0, 1, 4],
  );
}

/**
 * Releases every package with the one version that the repository names.
 *
 * @throws Error that lists everything that stands against it, before anything is built.
 */
export function release({ root, publish, pack, run, print, env }: ReleaseOptions): void {
  const state = readReleaseState(root);
  const problems = releaseProblems(state);
  if (problems.length > 0) {
    throw new Error(`${state.version} cannot be released:\n${problems.join('\n')}`);
  }
  const packed = pack();
  const wrong = packed.filter(({ version }) => version !== state.version);
  if (wrong.length > 0) {
    throw new Error(`packed as another version than ${state.version}: ${wrong[0]!.name}`);
  }
  print(`${summary(packed)}\n`);
  for (const one of packed) {
    const args = publishArguments(one, env);
    if (!publish) {
      print(`npm ${args.join(' ')}`);
    } else if (isPublished(one, run)) {
      print(`${one.name}@${one.version} is published already`);
    } else {
      run('npm', args);
      print(`${one.name}@${one.version} is published`);
    }
  }
  print(`git tag v${state.version} && git push origin v${state.version}`);
  if (!publish) {
    print('\ndry run: nothing is published; --publish does');
  }
}
