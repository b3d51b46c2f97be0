import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { EventContract } from '@cdk8s-event-platform/contracts';
import type { EventToPublishByTools } from '@cdk8s-event-platform/contracts/interface';
import {
  isObject,
  keyIn,
  keyName,
  keyNames,
  keyParts,
  marksOf,
  typesOf,
} from '@cdk8s-event-platform/contracts/internal';
import { EventSource } from '@cdk8s-event-platform/runtime';
import { kubectlOf } from '../cluster/kubectl.ts';
import { CLUSTER_HELP, CLUSTER_OPTIONS, chosenPlatform } from '../cluster/chosen-platform.ts';
import { ToolsPod } from '../cluster/tools-pod.ts';
import { readOptions, UsageError } from '../command-line.ts';
import { publishInDev } from './dev-events.ts';
import { contractOfType, contractsOf } from './event-checks.ts';

const HELP = `event-platform events publish TYPE --data JSON|@FILE|- [OPTIONS]

Publishes an event through the sidecar of the EventTools, as an app does. The data are checked by the contract first.

  --data JSON             the data, @FILE with them, or - for standard input
  --key VALUE             value of the contract's key, where the data have none. Of a composite key, all of it:
                          team-a:payments, with %25 for % and %3A for : in a value
  --version VERSION       version of the contract (default: the newest)
  --id ID                 id of the event (default: a new one). The same id is the same event again
  --source SOURCE         its source (default: /event-tools)
  --time TIME             when it happened, RFC 3339 (default: now)
  --dry-run               prints the event, and publishes nothing
  --dev                   publishes to \`event-platform dev\` on this machine
  --dev-url URL           where its page is (default: http://127.0.0.1:9400)
${CLUSTER_HELP}
  --json                  the result as JSON
  --help                  this text`;

/** What an event is made of. */
export interface EventOptions {
  readonly data: unknown;
  readonly key?: string | undefined;
  readonly id?: string | undefined;
  readonly source?: string | undefined;
  readonly time?: string | undefined;
}

/** Standard input, @FILE, or the text itself, as JSON. @throws UsageError when it is not JSON */
export function readData(text: string, read: (path: string | number) => string): unknown {
  const [from, json] =
    text === '-'
      ? ['standard input', read(0)]
      : text.startsWith('@')
        ? [`'${text.slice(1)}'`, read(text.slice(1))]
        : ['--data', text];
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UsageError(`${from} is not JSON: ${(error as Error).message}`);
  }
}

/** Values of the properties of a key, by their names. @throws UsageError when there are more or fewer */
function valuesOf(
  { key: properties, schema }: EventContract,
  key: string,
): Record<string, unknown> {
  const names = keyNames(properties);
  const parts = names.length === 1 ? [key] : keyParts(key);
  if (parts?.length !== names.length) {
    throw new UsageError(
      `--key '${key}' is not of the form ${keyName(properties)}: give ${names.length} values with ':' between them, and %25 for % and %3A for : in a value`,
    );
  }
  return Object.fromEntries(
    names.map((name, index) => {
      const property = schema.properties[name];
      const types = isObject(property) ? typesOf(property) : undefined;
      const isInteger = types?.length === 1 && types[0] === 'integer';
      return [name, isInteger ? Number(parts[index]) : parts[index]];
    }),
  );
}

/** The data with their key. @throws UsageError when two keys are given */
function withKey(contract: EventContract, { data, key }: EventOptions): unknown {
  if (key === undefined || typeof data !== 'object' || data === null) {
    return data;
  }
  const complete: Record<string, unknown> = { ...data };
  for (const [name, value] of Object.entries(valuesOf(contract, key))) {
    const own = keyIn({ key: name }, data);
    if (own !== undefined && own !== String(value)) {
      throw new UsageError(
        `--key '${key}' is not the ${name} of the data ('${own}'): leave one out`,
      );
    }
    complete[name] = own === undefined ? value : complete[name];
  }
  return complete;
}

/**
 * The event of a contract.
 *
 * @throws Error when the data do not match the contract, or hold personal data: only apps have the keys.
 */
export function eventToPublish(
  contract: EventContract,
  options: EventOptions,
): EventToPublishByTools {
  if (marksOf(contract.schema).has('pii')) {
    throw new Error(
      `events of '${contract.type}' hold personal data, which apps encrypt with keys that only they have: publish it from an app, with tx.publish`,
    );
  }
  const data = withKey(contract, options);
  const source = new EventSource(options.source ?? '/event-tools', [contract]);
  const { id = randomUUID(), time } = options;
  try {
    const event = source.create(contract, data, { id, time });
    return { topic: contract.topic, key: keyIn(contract, data)!, event: { ...event } };
  } catch (error) {
    throw new Error(
      `the data do not match ${contract.type} ${contract.version}: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** `event-platform events publish`. */
export async function publishEvent(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    ...CLUSTER_OPTIONS,
    data: { type: 'string' },
    key: { type: 'string' },
    version: { type: 'string' },
    id: { type: 'string' },
    source: { type: 'string' },
    time: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    dev: { type: 'boolean', default: false },
    'dev-url': { type: 'string', default: 'http://127.0.0.1:9400' },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [type, ...more] = positionals;
  if (type === undefined || more.length > 0) {
    throw new UsageError(
      `events publish takes the type of one event, not '${positionals.join(' ')}'`,
    );
  }
  if (values.data === undefined) {
    throw new UsageError(`--data is missing: use --data '{ … }', --data @FILE, or --data -`);
  }
  const own = (['id', 'source', 'time'] as const).filter((name) => values[name] !== undefined);
  if (values.dev && own.length > 0) {
    throw new UsageError(
      `--${own.join(', --')} cannot be set with --dev, which makes them itself: leave them out`,
    );
  }
  const data = readData(values.data, (path) => readFileSync(path, 'utf8'));
  const platform = await chosenPlatform(values);
  const contract = contractOfType(contractsOf(platform), type, values.version);
  const publishing = eventToPublish(contract, { ...values, data });
  if (values['dry-run']) {
    console.log(JSON.stringify(publishing.event, null, 2));
    return 0;
  }
  const { topic, key } = publishing;
  const id = values.dev
    ? await publishInDev(values['dev-url'], publishing)
    : await publishByPod(ToolsPod.of(platform, kubectlOf(values.context)), publishing);
  console.log(
    values.json
      ? JSON.stringify({ published: id, topic, key })
      : `published ${id} to topic ${topic}, with key ${key}`,
  );
  return 0;
}

/** Publishes through the pod; the event's id. */
export async function publishByPod(
  pod: ToolsPod,
  publishing: EventToPublishByTools,
): Promise<string> {
  const said = await pod.app(['publish'], `${JSON.stringify(publishing)}\n`);
  return (JSON.parse(said) as { published: string }).published;
}
