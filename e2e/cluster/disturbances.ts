import { setTimeout as sleep } from 'node:timers/promises';
import { OPERATORS } from '../../stacks/operators.ts';
import { CONSUMERS } from '../../testkit/platform/tally.ts';
import type { DeployedPlatform } from './deployed-platform.ts';
import type { EnvironmentName } from './environments.ts';
import { isReady, type Pod } from '../../testkit/kubernetes/cluster-api.ts';
import { until } from '../../testkit/until.ts';

/** Tasks of one order of the load. */
const ORDER = 100;
/** Requests of the load at a time. */
const WIDTH = 8;
/** Seconds to recover from one. */
const DEADLINE = 180;

/** A disturbance under load, which the platform must recover from. */
interface Disturbance {
  readonly name: string;
  /** Environments that it makes sense in. @default - every one */
  readonly environments?: readonly EnvironmentName[];
  /** Workloads whose pods are others afterwards. */
  readonly workloads: readonly string[];
  readonly act: (platform: DeployedPlatform, workloads: readonly string[]) => Promise<unknown>;
}

function deletePods(...more: readonly string[]): Disturbance['act'] {
  return (platform, workloads) =>
    platform.kubectl.run([
      ...['delete', 'pods', '--namespace', platform.namespaceOf(workloads[0]!), '--wait=false'],
      ...['--selector', `app.kubernetes.io/name in (${workloads.join(',')})`, ...more],
    ]);
}

/** Replaces pods one after the other, as an upgrade does. */
function roll(kind: 'deployment' | 'statefulset'): Disturbance['act'] {
  return ({ kubectl, namespace }, workloads) =>
    kubectl.run([
      ...['rollout', 'restart', '--namespace', namespace],
      ...workloads.map((workload) => `${kind}/${workload}`),
    ]);
}

/** Makes a consumer's pods while Dapr's injector is down: they have no sidecar, and say they are ready. */
async function withoutInjector(
  platform: DeployedPlatform,
  workloads: readonly string[],
): Promise<void> {
  const { kubectl } = platform;
  const inside = ['--namespace', OPERATORS.dapr.namespace];
  const scale = (replicas: number) =>
    kubectl.run(['scale', 'deployment/dapr-sidecar-injector', ...inside, `--replicas=${replicas}`]);
  await scale(0);
  const selector = '--selector=app=dapr-sidecar-injector';
  await kubectl.run(['wait', 'pods', selector, ...inside, '--for=delete', '--timeout=60s']);
  await deletePods()(platform, workloads);
  await until('a pod without a sidecar', DEADLINE, async () => {
    const pods = await podsOf(platform, workloads);
    return pods.some(({ spec }) => spec.containers.every(({ name }) => name !== 'daprd'));
  });
  await scale(1);
}

const DISTURBANCES: readonly Disturbance[] = [
  { name: 'the pods of every consumer are deleted', workloads: CONSUMERS, act: deletePods() },
  {
    name: 'the pods of a consumer are killed without a warning',
    workloads: ['notification-sender'],
    act: deletePods('--grace-period=0', '--force'),
  },
  { name: 'the producer is rolled', workloads: ['producer'], act: roll('deployment') },
  {
    name: "a consumer's pods are made while Dapr's injector is down",
    workloads: ['analytics-aggregator'],
    act: withoutInjector,
  },
  {
    name: 'Kafka is restarted',
    environments: ['local'],
    workloads: ['kafka'],
    act: deletePods(),
  },
  {
    name: 'brokers are rolled, one after the other',
    environments: ['production'],
    workloads: ['kafka'],
    act: roll('statefulset'),
  },
  {
    name: 'controllers are rolled, one after the other',
    environments: ['production'],
    workloads: ['kafka-controller'],
    act: roll('statefulset'),
  },
  { name: 'PostgreSQL is restarted', workloads: ['postgres'], act: deletePods() },
];

/** The pods of workloads, without those that have been told to end. */
async function podsOf(
  platform: DeployedPlatform,
  workloads: readonly string[],
): Promise<readonly Pod[]> {
  return (await Promise.all(workloads.map((workload) => platform.pods(workload)))).flat();
}

/** Posts tasks until it is told to stop. */
class Load {
  #stopped = false;
  readonly #done: Promise<void>;

  public constructor(platform: DeployedPlatform) {
    this.#done = this.#post(platform);
    // A failure is reported when it is stopped.
    this.#done.catch(() => undefined);
  }

  /** @throws Error when a task was not taken. */
  public stop(): Promise<void> {
    this.#stopped = true;
    return this.#done;
  }

  async #post(platform: DeployedPlatform): Promise<void> {
    while (!this.#stopped) {
      await platform.post(ORDER, WIDTH);
    }
  }
}

/** Disturbs the platform under load, one thing after the other, and counts afterwards. */
export async function disturb(
  platform: DeployedPlatform,
  progress: (text: string) => void,
): Promise<string> {
  const here = DISTURBANCES.filter(
    ({ environments }) => environments?.includes(platform.environment.name) ?? true,
  );
  for (const { name, workloads, act } of here) {
    const before = (await podsOf(platform, workloads)).map(({ metadata }) => metadata.uid);
    if (before.length === 0) {
      throw new Error(`${name}: there is no pod`);
    }
    const confirmed = platform.confirmed.size;
    const load = new Load(platform);
    try {
      await sleep(500);
      progress(name);
      await act(platform, workloads);
      await until(`${name}: other pods, ready`, DEADLINE, async () => {
        const now = await podsOf(platform, workloads);
        const others = now.every((pod) => isReady(pod) && !before.includes(pod.metadata.uid));
        return now.length > 0 && others;
      });
      await platform.sidecars(DEADLINE);
    } finally {
      await load.stop();
    }
    progress(
      `${before.length} pods replaced, all ready again; ${platform.confirmed.size - confirmed} tasks confirmed meanwhile`,
    );
  }
  return platform.settle();
}
