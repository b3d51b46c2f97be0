import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeployedPlatform } from './deployed-platform.ts';
import type { EnvironmentName } from './environments.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const RUNBOOKS = join(ROOT, 'docs', 'runbooks');

/** Commands that need what an environment of the run does not have, and why. */
const NOT_HERE: readonly {
  readonly part: RegExp;
  readonly where: readonly EnvironmentName[];
  readonly why: string;
}[] = [
  { part: / top pods/, where: ['local', 'production'], why: 'metrics-server does not run' },
  {
    part: / cert-manager |certificaterequest/,
    where: ['local', 'production'],
    why: 'cert-manager does not run',
  },
  { part: / --previous/, where: ['local', 'production'], why: 'no server has ended' },
  {
    part: / show (4711|orders )/,
    where: ['local', 'production'],
    why: 'no event or saga of this id',
  },
  {
    part: /statefulset cache|cache-0/,
    where: ['local', 'production'],
    why: 'the task platform has no cache',
  },
  { part: /postgres-0/, where: ['production'], why: 'another team runs the database' },
  { part: /certificate|kafka-controller-/, where: ['local'], why: 'one node, without TLS' },
];

/** A command of a runbook. */
export interface RunbookCommand {
  /** Name of the page. */
  readonly page: string;
  /** What is run: of a pipeline, its first command. */
  readonly command: string;
}

/** The first command of a pipeline: up to a bar that is not in quotes. */
function firstOf(line: string): string {
  return /^(?:'[^']*'|"[^"]*"|[^'"|])*/.exec(line)![0].trim();
}

/** The commands that a runbook starts with. */
export function commandsOf(page: string, text: string): RunbookCommand[] {
  const [, section = ''] = text.split(/^## Look first$/m);
  return [...section.split(/^## /m)[0]!.matchAll(/^```sh\n(.*?)^```$/gms)]
    .flatMap(([, block]) =>
      block!
        .replaceAll(/\\\n\s*/g, '')
        .trim()
        .split('\n'),
    )
    .flatMap((line) => line.split('; '))
    .map((line) => ({ page, command: firstOf(line) }));
}

/** Every command that runbooks name first. */
export function runbookCommands(): RunbookCommand[] {
  return readdirSync(RUNBOOKS)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .flatMap((name) =>
      commandsOf(name.replace('.md', ''), readFileSync(join(RUNBOOKS, name), 'utf8')),
    );
}

/**
 * Runs the commands that runbooks start with.
 *
 * @throws Error with each command that fails, and its output.
 */
export async function runRunbooks(
  platform: DeployedPlatform,
  progress: (text: string) => void,
): Promise<string> {
  const { name } = platform.environment;
  const failures: string[] = [];
  const left = new Set<string>();
  let run = 0;
  for (const { page, command } of runbookCommands()) {
    const absent = NOT_HERE.find(({ part, where }) => where.includes(name) && part.test(command));
    if (absent !== undefined) {
      left.add(absent.why);
      continue;
    }
    run++;
    await platform.kubectl.shell(command, ROOT).catch((error: unknown) => {
      failures.push(`${page}: ${(error as Error).message}`);
    });
  }
  progress(`left out: ${[...left].join('; ')}`);
  if (failures.length > 0) {
    throw new Error(failures.join('\n'));
  }
  return `${run} commands of runbooks ran`;
}
