/** `event-platform state`: values of state stores. */
import { kubectlOf } from '../cluster/kubectl.ts';
import { chosenPlatform, CLUSTER_HELP, CLUSTER_OPTIONS } from '../cluster/chosen-platform.ts';
import { ToolsPod } from '../cluster/tools-pod.ts';
import { readOptions, UsageError } from '../command-line.ts';

const HELP = `event-platform state get STORE KEY [OPTIONS]

Prints the value of a key of a state store, as the sidecar of the EventTools reads it. Needs kubectl.

${CLUSTER_HELP}
  --json                  { store, key, value } as JSON
  --help                  this text`;

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, CLUSTER_OPTIONS);
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [command, store, key, ...more] = positionals;
  if (command !== 'get' || store === undefined || key === undefined || more.length > 0) {
    throw new UsageError(`use \`state get STORE KEY\`, not 'state ${positionals.join(' ')}'`);
  }
  const platform = await chosenPlatform(values);
  const pod = ToolsPod.of(platform, kubectlOf(values.context));
  const { stateStores } = pod.tools;
  if (!stateStores.some(({ name }) => name === store)) {
    const names = stateStores.map(({ name }) => name).join(', ');
    throw new UsageError(
      names === ''
        ? `the EventTools may read no store: give them '${store}' as stateStores, and apply it`
        : `the EventTools may not read '${store}': use ${names}, or give it to them as stateStores`,
    );
  }
  const said = await pod.app(['state', store, key]);
  if (said === '') {
    throw new Error(`store '${store}' has no value for key '${key}'`);
  }
  console.log(
    values.json
      ? `{"store":${JSON.stringify(store)},"key":${JSON.stringify(key)},"value":${said}}`
      : said,
  );
  return 0;
}
