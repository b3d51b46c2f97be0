/** What a run has in place of what README names. */
export interface ReadmeValues {
  /** Environment whose Secrets are made. */
  readonly environment: string;
  /** Folder of the rendered files. */
  readonly dist: string;
  /** Further arguments of `npm run secrets`. */
  readonly secrets: readonly string[];
}

/**
 * The commands by which README deploys `dist/local` without Pulumi, for an environment.
 *
 * @param readme text of README.md.
 * @throws Error when README does not have them in a shell block of their own.
 */
export function readmeCommands(readme: string, values: ReadmeValues): readonly string[] {
  const block = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)]
    .map(([, text]) => text!)
    .find((text) => text.includes('kubectl apply -f dist/local/'));
  const commands = (block ?? '')
    .split('\n')
    .filter((line) => line.includes('kubectl '))
    .map((line) =>
      line
        .replace(/\s+#.*$/, '')
        .replace(
          'secrets -- local',
          ['secrets --', values.environment, ...values.secrets].join(' '),
        )
        .replace('dist/local', values.dist),
    );
  if (!commands.some((line) => line.includes('secrets -- ')) || commands.length < 2) {
    throw new Error('README.md has no shell block that applies dist/local and makes its Secrets');
  }
  return commands;
}
