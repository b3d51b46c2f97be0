import { spawnSync } from 'node:child_process';

/** How to install what this machine lacks, by command. */
const INSTALL: Readonly<Record<string, string>> = {
  chromium: 'apt-get install -y chromium',
  buildah: 'apt-get install -y buildah',
  containerd: 'apt-get install -y containerd containernetworking-plugins',
  go: 'install Go 1.24 or newer (https://go.dev/doc/install)',
  java: 'apt-get install -y openjdk-17-jre-headless',
  mvn: 'apt-get install -y maven',
  mmdebstrap: 'apt-get install -y mmdebstrap',
  nft: 'apt-get install -y nftables',
  etcd: 'apt-get install -y etcd-server',
  prometheus: 'apt-get install -y prometheus',
  runc: 'apt-get install -y runc',
  psql: 'apt-get install -y postgresql-client',
  promtool: 'apt-get install -y prometheus',
};

/** A program that the real parts need is not on this machine. The message says how to get it. */
export class MissingToolchainError extends Error {
  public override readonly name = 'MissingToolchainError';

  public constructor(command: string) {
    super(`'${command}' is not installed: ${INSTALL[command] ?? `install ${command}`}`);
  }
}

/** Settings of {@link run}. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a command and returns its standard output.
 *
 * @throws MissingToolchainError when there is no such command.
 * @throws Error with the end of its output when it fails.
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): string {
  const result = spawnSync(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (result.error !== undefined) {
    if ((result.error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new MissingToolchainError(command);
    }
    throw result.error;
  }
  if (result.status !== 0) {
    const output = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-20).join('\n');
    throw new Error(`${command} ${args.slice(0, 3).join(' ')} … failed:\n${output}`);
  }
  return result.stdout;
}

/** Path of a command. @throws MissingToolchainError when there is none. */
export function requireCommand(command: string): string {
  const result = spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' });
  const path = result.stdout.trim();
  if (path === '') {
    throw new MissingToolchainError(command);
  }
  return path;
}
