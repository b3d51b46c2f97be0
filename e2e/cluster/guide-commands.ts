import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The guide to deploying with kubectl, as a path from the root. */
const GUIDE = 'docs/deploying-with-kubectl.md';

/** What a run has in place of what the guide names. */
export interface GuideValues {
  /** Environment whose Secrets are made. */
  readonly environment: string;
  /** Folder of the rendered files. */
  readonly dist: string;
  /** Further arguments of `npm run secrets`. */
  readonly secrets: readonly string[];
}

/**
 * The commands by which the guide deploys `dist/tasks/local` with kubectl, for an environment.
 *
 * @param guide text of the guide. @default - what the file says
 * @throws Error when the guide does not have them in a shell block of their own.
 */
export function guideCommands(
  values: GuideValues,
  guide = readFileSync(join(import.meta.dirname, '..', '..', GUIDE), 'utf8'),
): readonly string[] {
  const block = [...guide.matchAll(/^```sh\n(.*?)^```$/gms)]
    .map(([, text]) => text!)
    .find((text) => text.includes('kubectl apply -f dist/tasks/local/'));
  const commands = (block ?? '')
    .split('\n')
    .filter((line) => line.includes('kubectl '))
    .map((line) =>
      line
        .replace(/\s+#.*$/, '')
        .replace(
          'secrets -- task-platform/local',
          ['secrets --', `task-platform/${values.environment}`, ...values.secrets].join(' '),
        )
        .replace('dist/tasks/local', values.dist),
    );
  if (!commands.some((line) => line.includes('secrets -- ')) || commands.length < 2) {
    throw new Error(
      `${GUIDE} has no shell block that applies dist/tasks/local and makes its Secrets`,
    );
  }
  return commands;
}
