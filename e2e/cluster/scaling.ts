import { setTimeout as sleep } from 'node:timers/promises';
import type { DeployedPlatform } from './deployed-platform.ts';
import { until } from '../../testkit/until.ts';

/** How many pods a Deployment had, and since when. */
interface Replicas {
  /** Seconds since the first look. */
  readonly at: number;
  readonly wanted: number;
  readonly ready: number;
}

/** The consumer that is scaled. */
const CONSUMER = 'task-processor';
/** Seconds until it is back at no pod: KEDA waits for five minutes without work. */
const BACK_DEADLINE = 900;

/**
 * How long the consumer's table is locked once it has been let go, in seconds. A single pod drains
 * thousands of events before the autoscaler looks, which it does every 15 s.
 */
const LOCKED = 45;

const PAUSE = 'autoscaling.keda.sh/paused-replicas';

/** Pauses a consumer at zero pods by KEDA, or resumes it. */
async function pause(platform: DeployedPlatform, consumer: string, paused: boolean): Promise<void> {
  const { kubectl, namespace } = platform;
  await kubectl.run([
    ...['annotate', '--overwrite', '--namespace', namespace, `scaledobject/${consumer}`],
    paused ? `${PAUSE}=0` : `${PAUSE}-`,
  ]);
  if (paused) {
    await until(`${consumer} has no pod`, 120, async () => {
      // Not even one that drains.
      const selector = `app.kubernetes.io/name=${consumer}`;
      return (await kubectl.api.pods(namespace, selector)).length === 0;
    });
  }
}

/** Looks at a Deployment every second, and keeps what has changed. */
class ReplicaLog {
  readonly #entries: Replicas[] = [];
  readonly #started = performance.now();
  readonly #done: Promise<void>;
  #stopped = false;

  public constructor(
    private readonly platform: DeployedPlatform,
    private readonly deployment: string,
  ) {
    this.#done = this.#follow();
  }

  /** What it had, one entry for each change. */
  public get entries(): readonly Replicas[] {
    return this.#entries;
  }

  /** Highest numbers of pods that were wanted, and that were ready. */
  public get max(): { readonly wanted: number; readonly ready: number } {
    return {
      wanted: Math.max(0, ...this.#entries.map(({ wanted }) => wanted)),
      ready: Math.max(0, ...this.#entries.map(({ ready }) => ready)),
    };
  }

  /** Pods as they are now. */
  public get now(): Replicas | undefined {
    return this.#entries.at(-1);
  }

  /** Pods that were ready, e.g. `0 (0 s) → 1 (12 s) → 3 (20 s) → 0 (340 s)`. */
  public toString(): string {
    return this.#entries
      .filter(({ ready }, index, all) => ready !== all[index - 1]?.ready)
      .map(({ ready, at }) => `${ready} (${at} s)`)
      .join(' → ');
  }

  public async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #follow(): Promise<void> {
    const { kubectl, namespace } = this.platform;
    while (!this.#stopped) {
      const text = await kubectl
        .run([
          ...['get', 'deployment', this.deployment, '--namespace', namespace],
          ...['--output', 'jsonpath={.spec.replicas} {.status.readyReplicas}'],
        ])
        // It is asked again in a second.
        .catch(() => undefined);
      if (text !== undefined) {
        const [wanted, ready] = text.split(' ').map(Number) as [number, number];
        const at = Math.round((performance.now() - this.#started) / 1000);
        if (wanted !== this.now?.wanted || ready !== this.now.ready) {
          this.#entries.push({ at, wanted, ready });
        }
      }
      await sleep(1_000);
    }
  }
}

/**
 * Lets events pile up while a consumer is held at no pod, then lets it go: it must get as many pods as
 * it can use, and none when there is nothing left to do.
 *
 * @param lag how many events.
 * @throws Error when it gets more pods than there are partitions, or only one, or anything is lost.
 */
export async function scaleOutAndBack(
  platform: DeployedPlatform,
  lag: number,
  progress: (text: string) => void,
): Promise<string> {
  const { maxReplicaCount } = platform.manifests.only('ScaledObject', CONSUMER).spec as unknown as {
    maxReplicaCount: number;
  };
  await pause(platform, CONSUMER, true);
  await platform.post(lag);
  const counts = await platform.count();
  const waiting = counts.find(({ consumer }) => consumer === CONSUMER)!.lost;
  progress(`${waiting} events wait for ${CONSUMER}, which has no pod`);
  if (waiting !== lag) {
    throw new Error(`${waiting} events wait, not the ${lag} that were posted meanwhile`);
  }
  const replicas = new ReplicaLog(platform, CONSUMER);
  // As a migration would that takes its time.
  const locked = platform.query(`BEGIN; LOCK TABLE tasks; SELECT pg_sleep(${LOCKED}); COMMIT`);
  locked.catch(() => undefined);
  try {
    await pause(platform, CONSUMER, false);
    await locked;
    progress(`the table was locked for ${LOCKED} s: pods ${String(replicas)}`);
    progress(await platform.settle());
    await until(`${CONSUMER} is back at no pod`, BACK_DEADLINE, () =>
      Promise.resolve(replicas.now?.ready === 0 && replicas.max.ready > 0),
    );
    const { wanted, ready } = replicas.max;
    const text = `pods of ${CONSUMER}: ${String(replicas)}`;
    if (ready < 2 || wanted > maxReplicaCount) {
      throw new Error(`${text}, ${wanted} were wanted; expected 2 to ${maxReplicaCount}`);
    }
    // Once more: what changes hands when pods go may be delivered again.
    return `${text}; ${await platform.settle()}`;
  } finally {
    await replicas.stop();
  }
}
