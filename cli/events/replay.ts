import { closeSync, openSync, writeSync } from 'node:fs';
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
import { contractsOf, recordCheck } from './event-checks.ts';
import {
  epochOf,
  type Replay,
  replayForReal,
  replayPlan,
  replayProblem,
} from './replay-for-real.ts';

const HELP = `event-platform events replay CONSUMER --topic TOPIC --from WHERE (--to-file FILE | --for-real) [OPTIONS]

Replays the events of topics, on brokers that keep events: into a file, or for real.

For real, a consumer processes them once more. The chart must declare a higher epoch for it, and must be applied. The
command then pauses the consumer, sets its group back, and lets it go on. Run it again after an interruption.

  --topic TOPIC           a topic that the consumer receives; several times for several topics
  --from WHERE            beginning, a time, or how long ago, such as 2h
  --to-file FILE          writes the events to a file, one JSON object a line, and changes nothing
  --for-real              has the consumer process them
  --yes                   does so; otherwise the plan is printed
  --dry-run               prints the plan
${CLUSTER_HELP}
  --json                  the plan, or the number of events, as JSON
  --help                  this text`;

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

/** Topics of a consumer. @throws UsageError when it does not receive one of those that are named */
export function consumedTopics(
  platform: EventPlatform,
  consumer: string,
  named: readonly string[],
): readonly string[] {
  const apps = appsOf({ platform });
  const app = apps.find(({ appId }) => appId === consumer);
  const received = [...new Set((app?.manifest.subscribes ?? []).map(({ topic }) => topic))];
  if (received.length === 0) {
    const consumers = apps.filter(({ manifest }) => (manifest.subscribes ?? []).length > 0);
    throw new UsageError(
      `no consumer '${consumer}': use one of ${consumers.map(({ appId }) => appId).join(', ')}`,
    );
  }
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

/** Writes the events of topics to a file; how many. */
async function toFile(
  file: string,
  platform: EventPlatform,
  pod: ToolsPod,
  {
    topics,
    from,
  }: { readonly topics: readonly string[]; readonly from: 'beginning' | 'now' | Date },
): Promise<number> {
  const check = recordCheck(contractsOf(platform));
  const output = openSync(file, 'w');
  let count = 0;
  try {
    for (const topic of topics) {
      await pod.read({
        topic,
        from,
        follow: false,
        onRecord: (record) => {
          writeSync(output, `${JSON.stringify({ topic, ...check(record) })}\n`);
          count += 1;
          if (count % 1000 === 0) {
            console.error(`${count} events`);
          }
          return false;
        },
      });
    }
  } finally {
    closeSync(output);
  }
  return count;
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
    readonly 'for-real': boolean;
  },
) {
  const [consumer, ...more] = positionals;
  if (consumer === undefined || more.length > 0) {
    throw new UsageError(`events replay takes one consumer, not '${positionals.join(' ')}'`);
  }
  if (values.from === undefined) {
    throw new UsageError('--from is missing: use beginning, a time, or how long ago, such as 2h');
  }
  const from = parseFrom(values.from);
  if ((values['to-file'] !== undefined) === values['for-real']) {
    throw new UsageError('use one of --to-file FILE and --for-real');
  }
  return { consumer, from };
}

/** `event-platform events replay`. */
export async function replayEvents(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    ...CLUSTER_OPTIONS,
    topic: { type: 'string', multiple: true, default: [] as string[] },
    from: { type: 'string' },
    'to-file': { type: 'string' },
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
  const topics = consumedTopics(platform, consumer, values.topic);
  const kubectl = kubectlOf(values.context);
  const pod = ToolsPod.of(platform, kubectl);
  const problem = pod.toolbox.positionProblem?.(from);
  if (problem !== undefined) {
    throw new Error(problem);
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
