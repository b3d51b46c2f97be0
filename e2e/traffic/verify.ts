import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WEBHOOKS_ENV } from '@cdk8s-event-platform/contracts/interface';
import { TRAFFIC_IMAGES } from '../../charts/traffic/images.ts';
import { trafficPlatform } from '../../charts/traffic/traffic-platform.ts';
import { reportEffects, settledEffects } from '../effects.ts';
import type { BrokerSetting } from '../../testkit/brokers/broker.ts';
import { type RunningCache, startCache } from '../../testkit/cache/server.ts';
import { inParallel } from '../../testkit/platform/load.ts';
import { type RunningPlatform, startPlatform } from '../../testkit/platform/platform.ts';
import { startSentry } from '../../testkit/platform/sentry.ts';
import { SeededRandom } from '../../testkit/random.ts';
import { ensureTools } from '../../testkit/tools/index.ts';
import { WebhookReceiver } from '../webhook-receiver.ts';
import {
  CHANGE_CONSUMERS,
  compareRoutes,
  counterOf,
  effectsOf,
  orderViolations,
} from './expectations.ts';
import { growTopic } from './growth.ts';
import { Probing } from './probing.ts';
import { routeIds } from './route.ts';
import { RouteOperator } from './route-operator.ts';
import { RouteTarget } from './target.ts';
import { PlatformClient } from '../platform-client.ts';

const ROUTES = 200;
/** Operators who work at the same time. */
const WIDTH = 16;
/** Probes that somebody waits for. */
const PROBES = 150;
/** Those of them that are asked for while nobody answers. */
const UNANSWERED = 4;
/** Rounds of kills, at least: in each something else happens, too. */
const ROUNDS = 5;

/** What a run is told. */
export interface TrafficOptions {
  readonly broker: BrokerSetting;
  readonly folder: string;
  readonly seed: number;
  /** Changes of all routes. */
  readonly changes: number;
  /** Whether the topic of changes gets more partitions. */
  readonly grow: boolean;
  readonly progress: (text: string) => void;
}

/** Everything that runs. */
interface Run {
  readonly platform: RunningPlatform;
  readonly cache: RunningCache;
  readonly receiver: WebhookReceiver;
}

async function start({ broker, folder, progress }: TrafficOptions): Promise<Run> {
  const secret = randomBytes(24).toString('base64');
  const receiver = await new WebhookReceiver(secret).start();
  const targets = ['one', 'two'].map((name) => ({
    name,
    url: receiver.urlOf(name),
    format: 'json',
  }));
  let cache: RunningCache | undefined;
  const platform = await startPlatform({
    ...{ broker, folder, progress },
    system: {
      declare: (environment, options) => trafficPlatform(environment, options),
      images: TRAFFIC_IMAGES,
    },
    servers: async (started) => {
      cache = await startCache(started);
      const tools = ensureTools(['dapr-control-plane']);
      const { identities } = await startSentry(
        ...([tools['dapr-control-plane'], join(folder, 'sentry'), started.logs] as const),
      );
      return { addresses: cache.addresses, identities };
    },
    appEnv: (appId) =>
      appId === 'traffic-sync'
        ? { [WEBHOOKS_ENV.targets]: JSON.stringify(targets), [WEBHOOKS_ENV.secret]: secret }
        : {},
  });
  await platform.scaleOut('traffic-api');
  return { platform, cache: cache!, receiver };
}

/** Pods of consumers come, go and are killed while routes change; so are those of the API, and the cache. */
async function disturb(
  { platform, cache, receiver }: Run,
  random: SeededRandom,
  isOver: () => boolean,
  {
    probe,
    progress,
  }: { readonly probe: () => Promise<void>; readonly progress: (text: string) => void },
): Promise<void> {
  const probes: Promise<void>[] = [];
  let kills = 0;
  const kill = async (appId: string, down = 300) => {
    const pods = [platform.apps.get(appId)!, ...platform.more.filter((pod) => pod.appId === appId)];
    const { app } = random.pick(pods);
    await app.stop('SIGKILL');
    await sleep(down);
    await app.start();
    kills++;
  };
  for (const appId of CHANGE_CONSUMERS) {
    await platform.scaleOut(appId);
  }
  progress('one more pod of each consumer of changes');
  receiver.refuse(20);
  for (let round = 0; round < ROUNDS || !isOver(); round++) {
    await kill(random.pick(CHANGE_CONSUMERS));
    if (round === 1) {
      await platform.scaleOut('traffic-audit');
      progress('a third pod of traffic-audit');
    }
    if (round === 3) {
      await platform.roll('traffic-cache-invalidator', () => undefined);
      progress('a pod of traffic-cache-invalidator was replaced');
    }
    if (round === 2) {
      await cache.process.stop('SIGKILL');
      await sleep(3_000);
      await cache.process.start();
      progress('the cache was down for 3 s, and came back empty');
    }
    if (round === 4) {
      const gone = kill('traffic-prober', 7_000);
      // At once: their answers come when nobody waits for them.
      await sleep(200);
      probes.push(...Array.from({ length: UNANSWERED }, probe));
      await gone;
      progress('traffic-prober was gone for 7 s, longer than who asks it waits');
    }
    await kill('traffic-api', 100);
    await sleep(500);
  }
  progress(`${kills} pods were killed, and started again`);
  await Promise.all(probes);
}

/** What has been done, and by whom. */
interface Done {
  readonly client: PlatformClient;
  readonly probing: Probing;
  readonly routes: readonly RouteOperator[];
  readonly progress: (text: string) => void;
}

/** Waits for every effect, and looks for what is wrong. */
async function report(run: Run, { client, probing, routes, progress }: Done): Promise<string[]> {
  const { platform, receiver } = run;
  const effects = await settledEffects(() => effectsOf(platform, routes, receiver));
  const missing = reportEffects(effects);
  const violations = await orderViolations(platform, routes);
  const { stale, wrong, misled } = await compareRoutes(client, routes);
  const hits = await counterOf(platform, 'traffic-api', 'cache_requests_total', 'result="hit"');
  const { rows: held } = await platform.database.query<{ consumer: string; cause: string }>(
    'SELECT consumer, cause FROM quarantine',
  );
  const late = await platform.database.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM sent_requests WHERE replied_at > answer_by',
  );
  await platform.database.end();
  progress(
    `order violations ${violations}; ${ROUTES} routes compared: ${stale} stale in the cache, ${misled} misled by the gateway; ${hits} answers came from the cache`,
  );
  progress(
    `${probing.answered} probes answered, half of them within ${probing.waitOf(0.5)} ms and 95 % within ${probing.waitOf(0.95)} ms; ${probing.late} times not in time, ${late.rows[0]!.n} answers came late`,
  );
  const counts = {
    'changes were processed out of order': violations,
    'routes in the cache are stale': stale,
    'routes are not as their operators know them': wrong,
    'routes are misled by the gateway': misled,
    'probes were answered otherwise when they were asked again': probing.changed,
    'probes say another thing than the target': probing.wrong,
    'webhooks had a wrong signature': receiver.forged,
    'probes were not answered': PROBES - probing.answered,
  };
  return [
    ...missing,
    ...Object.entries(counts)
      .filter(([, count]) => count !== 0)
      .map(([what, count]) => `${count} ${what}`),
    ...held.map(({ consumer, cause }) => `an event is in the quarantine of ${consumer}: ${cause}`),
    ...(hits > 0 ? [] : ['no answer came from the cache']),
    ...(late.rows[0]!.n > 0 ? [] : ['no answer came late, and none shows what becomes of it']),
  ];
}

/**
 * The traffic manager on a real broker, sidecars with identities, cache and database: routes are changed and probed
 * while pods come, go and are killed.
 *
 * @returns what is wrong.
 */
export async function verifyTraffic(options: TrafficOptions): Promise<string[]> {
  const { folder, seed, changes, progress } = options;
  mkdirSync(folder, { recursive: true });
  const run = await start(options);
  const { platform } = run;
  const random = new SeededRandom(seed);
  const client = new PlatformClient(platform, new SeededRandom(seed + 1));
  const target = await new RouteTarget().start();
  const routes = routeIds(ROUTES).map(
    (id, index) =>
      new RouteOperator(id, client, new SeededRandom(seed + index), target.urlOf(index)),
  );
  const changeAll = (times: number) =>
    inParallel(ROUTES, WIDTH, async (index) => {
      for (let change = 0; change < times; change++) {
        await routes[index]!.change();
      }
    });
  await changeAll(1);
  progress(`${ROUTES} routes are created`);
  let isOver = false;
  const probing = new Probing(client, new SeededRandom(seed + 2));
  const probe = () => probing.probe(random.pick(routes));
  const disturbed = disturb(run, random, () => isOver, { probe, progress });
  const probed = inParallel(PROBES - UNANSWERED, 4, probe);
  const began = performance.now();
  await changeAll(Math.ceil(changes / ROUTES) - 1);
  const seconds = (performance.now() - began) / 1000;
  const sum = (of: (route: RouteOperator) => number) =>
    routes.reduce((all, route) => all + of(route), 0);
  const done = sum(({ actions }) => actions.length);
  progress(
    `${done} changes in ${seconds.toFixed(0)} s, ${sum(({ repeated }) => repeated)} of them sent again, ${sum(({ refused }) => refused)} refused as they must be`,
  );
  await probed;
  isOver = true;
  await disturbed;
  const grown = options.grow ? await growTopic({ ...options, platform }, changeAll) : [];
  return [...(await report(run, { client, probing, routes, progress })), ...grown];
}
