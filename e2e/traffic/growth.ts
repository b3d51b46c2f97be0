import { RouteChanged } from '../../app-images/traffic/events/index.ts';
import { trafficPlatform } from '../../charts/traffic/traffic-platform.ts';
import { Environment, renderPlatform } from '../../constructs/index.ts';
import { type KubernetesObject, Manifests } from '../../scripts/manifests.ts';
import type { BrokerSetting, RunningBroker } from '../../testkit/brokers/broker.ts';
import type { RunningPlatform } from '../../testkit/platform/platform.ts';

/** Partitions that the topic grows to. */
const PARTITIONS = 20;

/** Provisions the topic of changes with more partitions; returns what was said, or why it was refused. */
export async function grow(
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
 * Runs something while no pod of an app is there, as after `kubectl scale --replicas=0`: its sidecars end, too, and with
 * them what their clients know of topics.
 */
export async function withoutPods(
  { apps, more }: RunningPlatform,
  appId: string,
  run: () => Promise<void>,
): Promise<void> {
  const pods = [apps.get(appId)!, ...more.filter((pod) => pod.appId === appId)];
  await Promise.all(pods.flatMap(({ app, sidecar }) => [app.stop(), sidecar.stop()]));
  try {
    await run();
  } finally {
    for (const { app, sidecar } of pods) {
      await app.start();
      await sidecar.start();
    }
  }
}
