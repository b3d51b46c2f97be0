import type { ClusterObject } from '../cluster/kubectl.ts';
import { PATIENCE, type Patience, waitFor, type Workload } from '../cluster/workload.ts';

/** KEDA scales to this number, and no further, while it is there. */
const PAUSED = 'autoscaling.keda.sh/paused-replicas';
/** Epoch of the last replay that has been done. */
const REPLAYED = 'event-platform/replayed-epoch';
/** The replay that has begun and has not ended, as JSON. */
const REPLAYING = 'event-platform/replaying';

/** What a replay does. */
export interface Replay {
  /** App id of the consumer. */
  readonly consumer: string;
  readonly topics: readonly string[];
  /** Where it starts, e.g. `beginning` or a time. */
  readonly from: string;
  /** Epoch that the chart declares. */
  readonly epoch: number;
}

/** What a replay needs of a cluster and a broker. */
export interface ReplayParts {
  readonly workload: Workload;
  /** Sets where the consumer's group goes on in a topic. */
  readonly reset: (topic: string) => Promise<void>;
  readonly say: (text: string) => void;
  /** @default - ten minutes for each step */
  readonly patience?: Patience;
}

/** What is noted on the Deployment of a replay that has begun. */
interface Begun {
  readonly epoch: number;
  readonly topics: readonly string[];
  readonly from: string;
  /** Pods of a Deployment without a scaler. */
  readonly replicas?: number;
}

interface Container {
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/** The epoch that a Deployment's pods have. */
export function epochOf(deployment: Pick<ClusterObject, 'spec'>): number {
  const { template } = (deployment.spec ?? {}) as {
    readonly template?: { readonly spec?: { readonly containers?: readonly Container[] } };
  };
  const found = (template?.spec?.containers ?? [])
    .flatMap(({ env = [] }) => env)
    .find(({ name }) => name === 'CONSUMER_EPOCH');
  return Number(found?.value ?? 0);
}

/** The replay of a Deployment that has begun; undefined where none has. */
function begunOf({ metadata }: ClusterObject): Begun | undefined {
  const text = metadata.annotations?.[REPLAYING];
  return text === undefined ? undefined : (JSON.parse(text) as Begun);
}

/** The epoch of the last replay that has been done; 0 where none has. */
function replayedEpoch({ metadata }: ClusterObject): number {
  return Number(metadata.annotations?.[REPLAYED] ?? 0);
}

function same(begun: Begun, replay: Replay): boolean {
  const words = ({ epoch, topics, from }: Begun | Replay) =>
    JSON.stringify([epoch, [...topics].sort(), from]);
  return words(begun) === words(replay);
}

function options({ topics, from }: Pick<Replay, 'topics' | 'from'>): string {
  return `${topics.map((topic) => `--topic ${topic}`).join(' ')} --from ${from}`;
}

/**
 * Why a replay cannot begin, or go on, with the remedy; undefined when it can.
 *
 * @param deployment of the consumer, as the cluster has it.
 */
export function replayProblem(
  replay: Replay,
  deployment: ClusterObject | undefined,
): string | undefined {
  const { consumer, epoch } = replay;
  if (deployment === undefined) {
    return `the cluster has no Deployment '${consumer}': apply what the program declares first`;
  }
  if (epoch < 1) {
    return `'${consumer}' declares no epoch, so it would skip what it has processed: give it \`epoch: 1\` in the chart, apply it, and replay then`;
  }
  const deployed = epochOf(deployment);
  if (deployed !== epoch) {
    return `'${consumer}' declares epoch ${epoch}, and the cluster has epoch ${deployed}: apply what the program declares first`;
  }
  const begun = begunOf(deployment);
  if (begun !== undefined) {
    return same(begun, replay)
      ? undefined
      : `another replay of '${consumer}' has begun and has not ended: run \`events replay ${consumer} ${options(begun)} --for-real --yes\` first, which goes on with it`;
  }
  const last = replayedEpoch(deployment);
  return epoch > last
    ? undefined
    : `epoch ${epoch} of '${consumer}' has been replayed, so its events would be skipped: raise the epoch in the chart to ${last + 1}, apply it, and replay then`;
}

/** What a replay does, step by step, for people. */
export function replayPlan(replay: Replay, scaled: boolean): string[] {
  const { consumer, topics, from, epoch } = replay;
  return [
    `note on Deployment ${consumer} that the replay of epoch ${epoch} has begun`,
    scaled
      ? `pause the scaler of ${consumer} at zero pods`
      : `scale Deployment ${consumer} to zero pods`,
    `wait until ${consumer} has no pods`,
    ...topics.map((topic) => `set group ${consumer} to ${from} in topic ${topic}`),
    `note that epoch ${epoch} has been replayed`,
    scaled ? `let the scaler of ${consumer} go on` : `scale Deployment ${consumer} as it was`,
    `wait until ${consumer} has pods`,
  ];
}

/** How people let a consumer go on when a replay cannot. */
function byHand({ consumer }: Replay, scaled: boolean, replicas: number): string {
  const command = scaled
    ? `kubectl annotate scaledobject ${consumer} ${PAUSED}-`
    : `kubectl scale deployment ${consumer} --replicas=${replicas}`;
  return `run the same command again to go on. To give it up, in the namespace of the platform: ${command}; then kubectl annotate deployment ${consumer} ${REPLAYING}-`;
}

/** A group has members for a while when a pod was killed. */
const RESET_TRIES = 60;

async function resetGroup(
  { reset, say, patience = PATIENCE }: ReplayParts,
  topic: string,
): Promise<void> {
  let tries = 0;
  await waitFor(`setting the group in topic ${topic}`, patience, async () => {
    try {
      await reset(topic);
      return true;
    } catch (error) {
      tries += 1;
      if (
        tries >= RESET_TRIES ||
        !/active|Stable|not empty|members/i.test((error as Error).message)
      ) {
        throw error;
      }
      say('the group still has members');
      return undefined;
    }
  });
}

/** Pauses a consumer until it has no pods, and sets its groups back. */
async function pauseAndReset(
  { consumer, topics, from, epoch }: Replay,
  parts: ReplayParts,
  scaled: boolean,
): Promise<void> {
  const { workload, say, patience = PATIENCE } = parts;
  say(`pausing ${consumer}`);
  await (scaled
    ? workload.annotate('scaledobjects.keda.sh', { [PAUSED]: '0' })
    : workload.scale(0));
  await waitFor(`ending the pods of ${consumer}`, patience, async () => {
    const pods = await workload.pods();
    return pods.length === 0 || undefined;
  });
  for (const topic of topics) {
    say(`setting group ${consumer} to ${from} in topic ${topic}`);
    await resetGroup(parts, topic);
  }
  await workload.annotate('deployment.apps', { [REPLAYED]: String(epoch) });
}

/** Lets a consumer go on. The replay has ended then. */
async function resume(
  consumer: string,
  { workload, say }: ReplayParts,
  scaled: boolean,
  replicas: number,
): Promise<void> {
  say(`letting ${consumer} go on`);
  await (scaled
    ? workload.annotate('scaledobjects.keda.sh', { [PAUSED]: undefined })
    : workload.scale(replicas));
  await workload.annotate('deployment.apps', { [REPLAYING]: undefined });
}

/** Waits until a pod is ready. Without events, a scaler may start none. */
async function awaitPods(consumer: string, parts: ReplayParts): Promise<void> {
  const { workload, say, patience = PATIENCE } = parts;
  await waitFor(`starting pods of ${consumer}`, patience, async () => {
    const found = await workload.deployment();
    return Number(found?.status?.readyReplicas ?? 0) > 0 || undefined;
  }).catch(() => {
    say(
      `${consumer} has no ready pod yet: a scaler starts none without events; see \`event-platform doctor\``,
    );
  });
}

/**
 * Lets a consumer process the events of topics once more: pauses it, sets its group back, and resumes it. Each step may
 * be done again, so one that was interrupted goes on when it is run again.
 *
 * @throws Error with the reason, and how to go on.
 */
export async function replayForReal(replay: Replay, parts: ReplayParts): Promise<void> {
  const { workload, say } = parts;
  const deployment = await workload.deployment();
  const problem = replayProblem(replay, deployment);
  if (deployment === undefined || problem !== undefined) {
    throw new Error(problem);
  }
  const scaled = (await workload.scaledObject()) !== undefined;
  const begun = begunOf(deployment);
  const { epoch, topics, from, consumer } = replay;
  const replicas = begun?.replicas ?? Number(deployment.spec?.replicas ?? 1);
  try {
    if (begun === undefined) {
      const note: Begun = { epoch, topics, from, ...(!scaled && { replicas }) };
      await workload.annotate('deployment.apps', { [REPLAYING]: JSON.stringify(note) });
    } else {
      say(`going on with the replay of epoch ${epoch}`);
    }
    if (replayedEpoch(deployment) < epoch) {
      await pauseAndReset(replay, parts, scaled);
    }
    await resume(consumer, parts, scaled, replicas);
  } catch (error) {
    throw new Error(`${(error as Error).message}. ${byHand(replay, scaled, replicas)}`, {
      cause: error,
    });
  }
  if (scaled || replicas > 0) {
    await awaitPods(consumer, parts);
  }
}
