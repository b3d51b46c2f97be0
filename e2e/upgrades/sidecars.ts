import { UPGRADED_FROM, VERSIONS } from '../../constructs/core/versions.ts';
import { BROKERS } from '../../testkit/brokers/index.ts';
import { TaskLoad } from '../../testkit/platform/task-load.ts';
import { TcpRoute } from '../../testkit/postgres/tcp-route.ts';
import { startPlatform } from '../../testkit/platform/platform.ts';
import type { RunningApp } from '../../testkit/platform/running-apps.ts';
import { ensureTools } from '../../testkit/tools/index.ts';
import { Programs, underLoad, type Upgrade } from './upgrade.ts';

async function sidecarVersion({ ports, sidecarHeaders }: RunningApp): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${ports.http}/v1.0/metadata`, {
    headers: sidecarHeaders,
  });
  return ((await response.json()) as { runtimeVersion: string }).runtimeVersion;
}

/** Every app's pod is replaced by one with the new sidecar, one app after the other. */
export const upgradeSidecars: Upgrade = async ({ folder, progress }) => {
  const tools = ensureTools(['dapr-before', 'dapr']);
  const place = new Programs(folder, tools['dapr-before']);
  const platform = await startPlatform({
    broker: BROKERS.kafka,
    folder,
    progress,
    programs: { dapr: place.folder },
  });
  const producer = await TcpRoute.open(platform.apps.get('producer')!.port);
  const load = new TaskLoad(producer.port);
  const name = `Dapr's sidecars: ${UPGRADED_FROM.dapr} to ${VERSIONS.dapr}`;
  const result = await underLoad({ platform, load, progress }, name, async () => {
    place.become(tools.dapr);
    for (const appId of platform.apps.keys()) {
      const before = await sidecarVersion(platform.apps.get(appId)!);
      const rolled = await platform.roll(appId, ({ port }) => {
        if (appId === 'producer') {
          producer.switchTo(port);
        }
      });
      const after = await sidecarVersion(rolled);
      progress(`${appId}: ${before} to ${after}`);
      if (before !== UPGRADED_FROM.dapr || after !== VERSIONS.dapr) {
        throw new Error(`the sidecar of ${appId} was ${before} and is ${after}`);
      }
    }
    return { note: `${platform.apps.size} apps, one after the other` };
  });
  load.close();
  await platform.database.end();
  return result;
};
