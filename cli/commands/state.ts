/** `event-platform state`: values and keys of state stores. */
import { kubectlOf } from '../cluster/kubectl.ts';
import { chosenPlatform, CLUSTER_HELP, CLUSTER_OPTIONS } from '../cluster/chosen-platform.ts';
import { keysText, parseLimit, stateKeys, storeOf } from '../cluster/state-keys.ts';
import { ToolsPod } from '../cluster/tools-pod.ts';
import { readOptions, UsageError } from '../command-line.ts';

const HELP = `event-platform state get STORE KEY [OPTIONS]
event-platform state keys STORE [OPTIONS]

Prints the value of a key of a state store, as the sidecar of the EventTools reads it, or the keys of a store in Redis
or Valkey, as the EventTools read them from its server. Needs kubectl.

${CLUSTER_HELP}
  --prefix TEXT           keys: those that begin with it (default: all)
  --limit N               keys: how many at most (default: 100)
  --json                  { store, key, value } or { store, keys, more } as JSON
  --help                  this text`;

const OPTIONS = {
  ...CLUSTER_OPTIONS,
  prefix: { type: 'string' },
  limit: { type: 'string' },
} as const;

type Values = ReturnType<typeof readOptions<typeof OPTIONS>>['values'];

async function toolsPod(values: Values): Promise<ToolsPod> {
  return ToolsPod.of(await chosenPlatform(values), kubectlOf(values.context));
}

async function get(store: string, key: string, values: Values): Promise<void> {
  if (values.prefix !== undefined || values.limit !== undefined) {
    throw new UsageError(`--prefix and --limit are of \`state keys\`: leave them out`);
  }
  const pod = await toolsPod(values);
  storeOf(pod, store);
  const said = await pod.app(['state', store, key]);
  if (said === '') {
    throw new Error(`store '${store}' has no value for key '${key}'`);
  }
  console.log(
    values.json
      ? `{"store":${JSON.stringify(store)},"key":${JSON.stringify(key)},"value":${said}}`
      : said,
  );
}

async function keys(store: string, values: Values): Promise<void> {
  const limit = parseLimit(values.limit ?? '100');
  const found = await stateKeys(await toolsPod(values), store, { prefix: values.prefix, limit });
  if (values.json) {
    console.log(JSON.stringify({ store, ...found }));
    return;
  }
  if (found.keys.length > 0) {
    console.log(keysText(found));
  } else {
    const begins = values.prefix === undefined ? '' : ` that begin with '${values.prefix}'`;
    console.error(`store '${store}' has no keys${begins}`);
  }
  if (found.more) {
    console.error(`there are more than ${limit}: use --prefix, or a higher --limit`);
  }
}

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, OPTIONS);
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [command, store, key, ...more] = positionals;
  if (command === 'get' && store !== undefined && key !== undefined && more.length === 0) {
    await get(store, key, values);
  } else if (command === 'keys' && store !== undefined && key === undefined) {
    await keys(store, values);
  } else {
    throw new UsageError(
      `use \`state get STORE KEY\` or \`state keys STORE\`, not 'state ${positionals.join(' ')}'`,
    );
  }
  return 0;
}
