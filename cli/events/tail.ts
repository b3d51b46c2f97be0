import { setTimeout as sleep } from 'node:timers/promises';
import { kubectlOf } from '../cluster/kubectl.ts';
import {
  chosenPlatform,
  CLUSTER_HELP,
  CLUSTER_OPTIONS,
  parseFrom,
} from '../cluster/chosen-platform.ts';
import { ToolsPod } from '../cluster/tools-pod.ts';
import { readOptions, UsageError } from '../command-line.ts';
import { eventsInDev } from './dev-events.ts';
import { type CheckedRecord, contractsOf, recordCheck, topicOf } from './event-checks.ts';

const HELP = `event-platform events tail TYPE|TOPIC [OPTIONS]

Prints the events of a topic as they come, each with what its schema says of it.

  --from WHERE            beginning, now, a time, or how long ago, such as 2h (default: now)
  --once                  ends after what is there, and waits for nothing
  --limit N               ends after N events
  --key VALUE             events with this key
  --invalid               events that do not match their contract
  --dev                   events of \`event-platform dev\` on this machine
  --dev-url URL           where its page is (default: http://127.0.0.1:9400)
${CLUSTER_HELP}
  --json                  one JSON object a line
  --help                  this text`;

/** Which events are wanted. */
export interface Wanted {
  /** Type, where a type was named and a topic may carry several. */
  readonly type?: string | undefined;
  readonly key?: string | undefined;
  /** Whether only those that do not match their contract. */
  readonly invalid: boolean;
}

/** Whether an event is wanted. */
export function isWanted(record: CheckedRecord, { type, key, invalid }: Wanted): boolean {
  return (
    // What has no type may be meant for any.
    (type === undefined || record.type === undefined || record.type === type) &&
    (key === undefined || record.key === key) &&
    (!invalid || record.problems.length > 0)
  );
}

/** An event for people: one line, and its data. */
export function recordText(record: CheckedRecord): string {
  const {
    position,
    time = 'no time',
    type = 'no type',
    id = 'no id',
    key,
    problems,
    event,
  } = record;
  const verdict = problems.length === 0 ? 'ok' : `INVALID: ${problems.join('; ')}`;
  const data = typeof event === 'object' && event !== null && 'data' in event ? event.data : event;
  const head = [time, position, type, id, ...(key === undefined ? [] : [`key ${key}`]), verdict];
  return data === undefined ? head.join('  ') : `${head.join('  ')}\n  ${JSON.stringify(data)}`;
}

/** Prints the events of `event-platform dev` until it is interrupted. */
async function tailDev(
  url: string,
  topic: string,
  from: ReturnType<typeof parseFrom>,
  once: boolean,
  print: (record: CheckedRecord) => boolean,
): Promise<void> {
  const start = (from instanceof Date ? from : new Date()).toISOString();
  const seen = new Set<string>();
  for (;;) {
    for (const record of await eventsInDev(url, topic)) {
      const old = from !== 'beginning' && (record.time ?? '') < start;
      if (!seen.has(record.position) && !old && print(record)) {
        return;
      }
      seen.add(record.position);
    }
    if (once) {
      return;
    }
    await sleep(500);
  }
}

/** `event-platform events tail`. */
export async function tailEvents(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    ...CLUSTER_OPTIONS,
    from: { type: 'string', default: 'now' },
    once: { type: 'boolean', default: false },
    limit: { type: 'string' },
    key: { type: 'string' },
    invalid: { type: 'boolean', default: false },
    dev: { type: 'boolean', default: false },
    'dev-url': { type: 'string', default: 'http://127.0.0.1:9400' },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) {
    throw new UsageError(`events tail takes one type or topic, not '${positionals.join(' ')}'`);
  }
  const from = parseFrom(values.from);
  const limit = values.limit === undefined ? Infinity : Number(values.limit);
  if (!(limit >= 1)) {
    throw new UsageError(`--limit '${values.limit}' is not a number of events: use 1 or more`);
  }
  const platform = await chosenPlatform(values);
  const contracts = contractsOf(platform);
  const topic = topicOf(contracts, name);
  const wanted: Wanted = {
    type: name === topic ? undefined : name,
    key: values.key,
    invalid: values.invalid,
  };
  let count = 0;
  const print = (record: CheckedRecord): boolean => {
    if (isWanted(record, wanted)) {
      count += 1;
      console.log(values.json ? JSON.stringify(record) : recordText(record));
    }
    return count >= limit;
  };
  if (values.dev) {
    await tailDev(values['dev-url'], topic, from, values.once, print);
    return 0;
  }
  const check = recordCheck(contracts);
  const pod = ToolsPod.of(platform, kubectlOf(values.context));
  if (!values.once) {
    console.error(`waiting for events of topic ${topic}; end with Ctrl-C`);
  }
  const onRecord = (record: Parameters<typeof check>[0]) => print(check(record));
  await pod.read({ topic, from, follow: !values.once, onRecord });
  return 0;
}
