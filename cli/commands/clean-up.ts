/** `event-platform clean-up`: what a cluster has that the chart does not declare. */
import { deleteLeftovers, leftovers, removePlatform } from '../cluster/clean-up.ts';
import { chosenPlatform, CLUSTER_HELP, CLUSTER_OPTIONS } from '../cluster/chosen-platform.ts';
import { kubectlOf } from '../cluster/kubectl.ts';
import { readOptions, UsageError } from '../command-line.ts';
import { table } from '../table.ts';

const HELP = `event-platform clean-up [ENVIRONMENT] [OPTIONS]

Lists what a cluster has that the chart does not declare: objects with the platform's labels, volumes, Secrets of
accounts; and through the EventTools, if they are declared, topics and groups. Deletes objects with --yes. Needs kubectl.

  ENVIRONMENT             where the program has several: the environment, the id of the EventPlatform, or
                          both, e.g. shop/local
  --yes                   deletes the objects
  --data                  with --yes, deletes volumes and Secrets, too: what is in them is lost
  --all                   removes the whole platform, the last layer first
${CLUSTER_HELP}
  --json                  what was found as JSON
  --help                  this text`;

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    ...CLUSTER_OPTIONS,
    yes: { type: 'boolean', default: false },
    data: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [environment = values.environment, ...more] = positionals;
  if (more.length > 0) {
    throw new UsageError(`clean-up takes one environment, not '${positionals.join(' ')}'`);
  }
  if (values.data && !values.yes) {
    throw new UsageError('--data deletes what cannot be made again: use it with --yes');
  }
  const platform = await chosenPlatform({ app: values.app, environment });
  const { namespace } = platform.environment;
  const kubectl = kubectlOf(values.context);
  const say = (text: string) => console.error(text);
  if (values.all) {
    if (!values.yes) {
      throw new UsageError(
        `--all removes platform '${platform.node.id}' from namespace '${namespace}': add --yes to do so`,
      );
    }
    await removePlatform(platform, kubectl, { data: values.data, say });
    console.log(
      values.json
        ? JSON.stringify({ removed: platform.node.id })
        : `removed what '${platform.node.id}' declares${values.data ? '' : '; its namespace, volumes and Secrets stay'}`,
    );
    return 0;
  }
  const found = await leftovers(platform, kubectl, say);
  const stays = values.yes
    ? await deleteLeftovers(found, kubectl, { namespace, data: values.data, say })
    : found;
  if (values.json) {
    console.log(JSON.stringify({ found, stays }, null, 2));
    return 0;
  }
  if (stays.length > 0) {
    console.log(
      table(
        ['what', 'it is', 'remedy'],
        stays.map(({ name, kind, remedy = kind === 'data' ? '--yes --data' : '--yes' }) => [
          name,
          kind,
          remedy,
        ]),
        [0, 1, 2],
      ),
    );
  }
  const deleted = found.length - stays.length;
  console.log(
    found.length === 0
      ? `namespace ${namespace} has nothing that is not declared`
      : `${deleted} deleted, ${stays.length} left`,
  );
  return 0;
}
