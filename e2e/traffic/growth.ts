import { setTimeout as sleep } from 'node:timers/promises';
import { RouteChanged } from '../../app-images/traffic/events/index.ts';
import { trafficPlatform } from '../../charts/traffic/traffic-platform.ts';
import { Environment, renderPlatform } from '../../constructs/index.ts';
import { type KubernetesObject, Manifests } from '../../scripts/manifests.ts';
import type { BrokerSetting, RunningBroker } from '../../testkit/brokers/broker.ts';
import type { RunningPlatform } from '../../testkit/platform/platform.ts';
import { CHANGE_CONSUMERS } from './expectations.ts';

/** Changes of each route after the topic has grown. */
const CHANGES_AFTER = 4;
/** Partitions that the topic grows to. */
const PARTITIONS = 20;

/** Provisions the topic of changes with more partitions; returns what was said, or why it was refused. */
async function grow(
  setting: BrokerSetting,
  { provisionAs }: RunningBroker,
): Promise<{ readonly said: string; readonly refused: boolean }> {
  const platform = trafficPlatform(Environment.local(), {
    broker: setting.declare,
    partitions: PARTITIONS,
  });
  const objects = renderPlatform(platform).flatMap(
    (layer) => layer.objects as unknown as KubernetesObject[],
  );
  try {
    const said = await provisionAs!(new Manifests(objects));
    return { said: said.trim().split('\n').at(-1)!, refused: false };
  } catch (error) {
    const { stderr = String(error) } = error as { readonly stderr?: string };
    const said = stderr.split('\n').find((line) => line.startsWith(`topic ${RouteChanged.topic} `));
    return { said: said ?? stderr, refused: true };
  }
}

/**
 * Runs something while no pod of some apps is there, as after `kubectl scale --replicas=0`: their sidecars end, too, and
 * with them what their clients know of topics.
 */
async function withoutPods(
  { apps, more }: RunningPlatform,
  appIds: readonly string[],
  run?: () => Promise<void>,
): Promise<void> {
  const pods = [...appIds.map((appId) => apps.get(appId)!), ...more].filter(({ appId }) =>
    appIds.includes(appId),
  );
  await Promise.all(pods.flatMap(({ app, sidecar }) => [app.stop(), sidecar.stop()]));
  try {
    await run?.();
  } finally {
    await Promise.all(
      pods.map(async ({ app, sidecar }) => {
        await app.start();
        await sidecar.start();
      }),
    );
  }
}

/** Waits until every event was published: a relay that was killed holds its lanes for a while. */
async function outboxIsEmpty({ database }: RunningPlatform): Promise<void> {
  const waiting = async () => {
    const { rows } = await database.query<{ n: number }>('SELECT count(*)::int AS n FROM outbox');
    return rows[0]!.n;
  };
  while ((await waiting()) > 0) {
    await sleep(500);
  }
}

/** What the growth of a topic needs. */
export interface GrowthOptions {
  readonly broker: BrokerSetting;
  readonly platform: RunningPlatform;
  readonly progress: (text: string) => void;
}

/** Does something again and again, until it is told to end. */
async function changeUntil(
  signal: AbortSignal,
  change: (changes: number) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await change(1);
    // Between two looks of the Job at what is published.
    await sleep(2_000);
  }
}

/**
 * The topic of changes gets more partitions: not while something is unprocessed or published, and once that is over,
 * without costing the order of a route. Brokers without partitions have nothing to do.
 *
 * @param change what is done to routes before and after.
 * @returns what is wrong.
 */
export async function growTopic(
  { broker, platform, progress }: GrowthOptions,
  change: (changes: number) => Promise<void>,
): Promise<string[]> {
  if (platform.broker.provisionAs === undefined) {
    return [];
  }
  await outboxIsEmpty(platform);
  const until = new AbortController();
  const changing = changeUntil(until.signal, change);
  const early = await grow(broker, platform.broker);
  until.abort();
  await changing;
  progress(`more partitions while routes change: ${early.said}`);
  let drained = early;
  await withoutPods(platform, ['traffic-api'], async () => {
    for (let attempt = 0; drained.refused && attempt < 5; attempt++) {
      drained = await grow(broker, platform.broker);
    }
  });
  progress(`more partitions without publishers: ${drained.said}`);
  // Clients that are connected look for new partitions every few minutes.
  await withoutPods(platform, CHANGE_CONSUMERS);
  await change(CHANGES_AFTER);
  return [
    ...(early.refused ? [] : ['the topic of changes has grown while routes changed']),
    ...(drained.refused ? [`the topic of changes has not grown: ${drained.said}`] : []),
  ];
}
