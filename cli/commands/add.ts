/** `event-platform add`: an event, topic, consumer or service in a project. */
import { readOptions, UsageError } from '../command-line.ts';
import { planAddApp } from '../scaffold/add-app.ts';
import { planAddEvent } from '../scaffold/add-event.ts';
import { planAddTopic } from '../scaffold/add-topic.ts';
import { checkName } from '../scaffold/names.ts';
import type { Plan } from '../scaffold/plan.ts';
import { printOutcome } from '../scaffold/print-outcome.ts';
import { type Project, readProject } from '../scaffold/project.ts';
import type { Rendered } from '../scaffold/rendered.ts';
import { renderBefore, runPlan } from '../scaffold/run-plan.ts';
import { isRetention } from '../scaffold/topics.ts';

const HELP = `event-platform add event|topic|consumer|service NAME [OPTIONS]

Writes what a team would write by hand, and declares it where the platform has its DaprPubSub. Names are in kebab
case, e.g. order-shipped. Nothing is overwritten. The platform is rendered with it: what is not valid is reported,
and leaves every file as it was.

event NAME       a contract with a topic of its own
  --key FIELD      property whose value keeps the order of events (default: the id, e.g. order_id),
                   or several for a composite key: tenant,service
  --topic TOPIC    another topic than NAME. Types that share a topic keep their order among each other;
                   consumers acknowledge those that they do not handle
  --partitions N   partitions of the topic (default: the broker's)
topic NAME       sizes of the topic that a contract names. Without it, a topic has the broker's sizes
  --event EVENT    an event of the topic
  --partitions N   partitions, which limit the pods of a consumer
  --retention TIME how long events are kept, e.g. 12h or 30d, unlimited, or compacted: the newest of each key
  --imported       the topic of another team, on a broker that both share: it is used, not provisioned
consumer NAME    an app with a handler for each event
  --events A,B     events that it receives, each published by an app
service NAME     an app with a route for each event
  --publishes A,B  events that it publishes
  --subscribes A,B events that it receives, too

  --chart FILE     the file with new DaprPubSub(…), where several have one
  --dry-run        prints what would be written
  --json           what was written, as JSON
  --help           this text`;

const OPTIONS = {
  key: { type: 'string' },
  topic: { type: 'string' },
  event: { type: 'string' },
  events: { type: 'string' },
  partitions: { type: 'string' },
  retention: { type: 'string' },
  imported: { type: 'boolean' },
  publishes: { type: 'string' },
  subscribes: { type: 'string' },
  chart: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof read>['values'];
type Planner = (project: Project, before: readonly Rendered[]) => Promise<Plan>;

function read(args: readonly string[]) {
  return readOptions(args, OPTIONS);
}

/** Names with commas between. @throws UsageError when a required list is missing. */
function listOf(values: Values, option: 'events' | 'publishes' | 'subscribes'): string[] {
  const list = values[option]?.split(',') ?? [];
  if (list.includes('')) {
    throw new UsageError(`--${option} '${values[option]!}' is not a list of events: use e.g. A,B`);
  }
  return [...new Set(list)];
}

function required(list: readonly string[], what: string): readonly string[] {
  if (list.length === 0) {
    throw new UsageError(`${what}, e.g. order-placed`);
  }
  return list;
}

function partitionsOf({ partitions }: Values): number | undefined {
  if (partitions !== undefined && !/^[1-9]\d{0,5}$/.test(partitions)) {
    throw new UsageError(`--partitions '${partitions}' must be a whole number of at least 1`);
  }
  return partitions === undefined ? undefined : Number(partitions);
}

function keyOf({ key }: Values): string | readonly string[] | undefined {
  if (key !== undefined && !/^[A-Za-z]\w{0,62}(?:,[A-Za-z]\w{0,62})*$/.test(key)) {
    throw new UsageError(
      `--key '${key}' is not the name of a property: use letters, digits and '_', e.g. customer_id, or tenant,service for a composite key`,
    );
  }
  return key?.includes(',') === true ? key.split(',') : key;
}

function retentionOf({ retention }: Values): string | undefined {
  if (retention !== undefined && !isRetention(retention)) {
    throw new UsageError(
      `--retention '${retention}' is not a time: use e.g. 90m, 12h or 30d, unlimited or compacted`,
    );
  }
  return retention;
}

/** What can be added, with its own options and how it is planned. */
const KINDS: Readonly<
  Record<string, { options: readonly string[]; plan: (name: string, values: Values) => Planner }>
> = {
  event: {
    options: ['key', 'topic', 'partitions'],
    plan: (name, values) => {
      const partitions = partitionsOf(values);
      const options = {
        name: checkName('event', name),
        partitions,
        topic: values.topic,
        key: keyOf(values),
      };
      return (project) => planAddEvent(project, options);
    },
  },
  topic: {
    options: ['event', 'partitions', 'retention', 'imported'],
    plan: (name, values) => {
      const event = values.event;
      if (event === undefined) {
        throw new UsageError('add topic needs --event with an event of the topic');
      }
      const sizes = { partitions: partitionsOf(values), retention: retentionOf(values) };
      const options = { name, event, ...sizes, imported: values.imported === true };
      return (project) => planAddTopic(project, options);
    },
  },
  consumer: {
    options: ['events'],
    plan: (name, values) => {
      const subscribes = required(listOf(values, 'events'), 'add consumer needs --events');
      const options = { name: checkName('consumer', name), publishes: [], subscribes };
      return (project, before) => planAddApp(project, options, before);
    },
  },
  service: {
    options: ['publishes', 'subscribes'],
    plan: (name, values) => {
      const publishes = required(listOf(values, 'publishes'), 'add service needs --publishes');
      const subscribes = listOf(values, 'subscribes');
      const options = { name: checkName('service', name), publishes, subscribes };
      return (project, before) => planAddApp(project, options, before);
    },
  },
};

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = read(args);
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [kind = '', name, ...more] = positionals;
  const chosen = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (chosen === undefined || name === undefined || more.length > 0) {
    throw new UsageError(
      `add takes ${Object.keys(KINDS).join(', ')} and a name, not '${positionals.join(' ')}': event-platform add --help`,
    );
  }
  const known = [...chosen.options, 'chart', 'dry-run', 'json', 'help'];
  const unknown = Object.keys(values).find((option) => !known.includes(option));
  if (unknown !== undefined) {
    throw new UsageError(`add ${kind} has no option --${unknown}: event-platform add --help`);
  }
  const plan = chosen.plan(name, values);
  const project = readProject(values.chart);
  const before = await renderBefore();
  const outcome = await runPlan(project, await plan(project, before), before, values['dry-run']);
  printOutcome(outcome, values);
  return 0;
}
