/** `event-platform secrets`: the Secrets that manifests refer to. */
import type { EventPlatform } from 'cdk8s-event-platform';
import { dump } from 'js-yaml';
import { choosePlatform } from '../choose-platform.ts';
import { readOptions, UsageError } from '../command-line.ts';
import { loadPlatforms } from '../load-platforms.ts';
import { makeSecret } from '../make-secret.ts';

const HELP = `event-platform secrets [ENVIRONMENT] [--set SECRET.KEY=VALUE …]

Writes the Secrets that the manifests of a platform refer to as YAML, with new random passwords, for
  event-platform secrets local | kubectl create -f -
Use \`create\`, not \`apply\`: what is there already keeps its password.

  ENVIRONMENT            where the program has several: the environment, the id of the EventPlatform,
                         or both, e.g. shop/local
  --set SECRET.KEY=VALUE a value that only you know, such as the password of an external server
  --app FILE             the program that declares the platform (default: that of cdk8s.yaml)
  --help                 this text`;

/** Values of `--set`, by `<secret>.<key>`. @throws UsageError for one that is not `SECRET.KEY=VALUE`. */
function givenValues(assignments: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    assignments.map((assignment) => {
      const separator = assignment.indexOf('=');
      if (separator < 1) {
        throw new UsageError(`--set '${assignment}' is not SECRET.KEY=VALUE`);
      }
      return [assignment.slice(0, separator), assignment.slice(separator + 1)];
    }),
  );
}

/** The Secrets of a platform as YAML. */
function secretsOf(platform: EventPlatform, given: Readonly<Record<string, string>>): string {
  const { secrets, environment } = platform;
  const text = secrets
    .map((reference) => `---\n${dump(makeSecret(reference, environment.namespace, given))}`)
    .join('');
  if (text.includes('placeholder.invalid')) {
    throw new Error(
      `Secrets of '${environment.name}' name what only AWS knows: pulumi up -s ${environment.name} makes them`,
    );
  }
  return text;
}

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    set: { type: 'string', multiple: true, default: [] as string[] },
    app: { type: 'string' },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [name, ...more] = positionals;
  if (more.length > 0) {
    throw new UsageError(`secrets takes one environment, not '${positionals.join(' ')}'`);
  }
  const given = givenValues(values.set);
  const platform = choosePlatform(await loadPlatforms(values.app), name);
  process.stdout.write(secretsOf(platform, given));
  return 0;
}
