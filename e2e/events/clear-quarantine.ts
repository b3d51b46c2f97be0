import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { buildImage } from '../../app-images/build.ts';
import type { RunningPlatform } from '../../testkit/platform/platform.ts';

/** Runs the command for dead letters as it is in its image. */
async function run(platform: RunningPlatform, args: readonly string[]) {
  const program = join(await buildImage('dead-letter-processor'), '..', 'cli.js');
  return new Promise<{ code: number; last: string }>((resolve) => {
    execFile(
      process.execPath,
      [program, ...args],
      { env: { PATH: process.env.PATH, ...platform.postgres.env } },
      (error, stdout) =>
        resolve({ code: Number(error?.code ?? 0), last: stdout.trim().split('\n').at(-1)! }),
    );
  });
}

/**
 * Lists, replays and discards what is in the quarantine, as an operator would. What is not an event of its
 * contract cannot be processed by a replay either. Returns what is wrong.
 */
export async function clearQuarantine(
  platform: RunningPlatform,
  poison: number,
  progress: (text: string) => void,
): Promise<string[]> {
  if (poison === 0) {
    return [];
  }
  const failures: string[] = [];
  const expect = async (args: readonly string[], code: number, last: RegExp): Promise<void> => {
    const result = await run(platform, args);
    progress(`dead-letters ${args.join(' ')}: ${result.last}`);
    if (result.code !== code || !last.test(result.last)) {
      failures.push(`dead-letters ${args.join(' ')} ended with ${result.code}: ${result.last}`);
    }
  };
  const consumer = ['--consumer', 'task-processor'];
  await expect(['list', ...consumer], 0, /^\d+ events of [2-9] causes/);
  await expect(['replay', ...consumer, '--dry-run'], 0, /^\d+ events would be replayed$/);
  await expect(['replay', ...consumer], 1, /^0 events replayed, \d+ failed again$/);
  await expect(['discard'], 2, /needs --yes/);
  await expect(['discard', '--yes'], 0, /^\d+ events discarded$/);
  await expect(['list'], 0, /^0 events/);
  return failures;
}
