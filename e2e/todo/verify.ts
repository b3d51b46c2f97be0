import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WEBHOOKS_ENV } from '@cdk8s-event-platform/contracts/interface';
import { TODO_IMAGES } from '../../charts/todo/images.ts';
import { todoPlatform } from '../../charts/todo/todo-platform.ts';
import { reportEffects, settledEffects } from '../effects.ts';
import type { BrokerSetting } from '../../testkit/brokers/broker.ts';
import { type RunningCache, startCache } from '../../testkit/cache/server.ts';
import { inParallel } from '../../testkit/platform/load.ts';
import { type RunningPlatform, startPlatform } from '../../testkit/platform/platform.ts';
import { type RunningScheduler, startScheduler } from '../../testkit/platform/scheduler.ts';
import { SeededRandom } from '../../testkit/random.ts';
import { ensureTools } from '../../testkit/tools/index.ts';
import {
  brokenChains,
  cacheHits,
  effectsOf,
  orderViolations,
  staleTasks,
  wrongTasks,
} from './expectations.ts';
import { addDueWork, jobFailures, jobOverrides } from './jobs.ts';
import { TodoUser } from './user.ts';
import { WebhookReceiver } from '../webhook-receiver.ts';

/** Users, and what each does. */
const USERS = 24;
const ACTIONS = 30;

/** Everything that runs. */
interface Run {
  readonly platform: RunningPlatform;
  readonly cache: RunningCache;
  readonly scheduler: RunningScheduler;
  readonly receiver: WebhookReceiver;
}

async function start(
  broker: BrokerSetting,
  folder: string,
  progress: (text: string) => void,
): Promise<Run> {
  const secret = randomBytes(24).toString('base64');
  const receiver = await new WebhookReceiver(secret).start();
  const targets = (['slack', 'jira'] as const).map((name) => ({
    ...{ name, url: receiver.urlOf(name), format: name },
  }));
  let cache: RunningCache | undefined;
  let scheduler: RunningScheduler | undefined;
  const platform = await startPlatform({
    ...{ broker, folder, progress },
    system: {
      declare: (environment, options) => todoPlatform(environment, options),
      images: TODO_IMAGES,
    },
    servers: async (started) => {
      cache = await startCache(started);
      const tools = ensureTools(['dapr-control-plane']);
      const own = join(folder, 'scheduler');
      scheduler = await startScheduler(tools['dapr-control-plane'], own, started.logs);
      progress('cache and scheduler are up');
      return { addresses: cache.addresses, scheduler: scheduler.address };
    },
    appEnv: (appId) =>
      appId === 'todo-sync'
        ? { [WEBHOOKS_ENV.targets]: JSON.stringify(targets), [WEBHOOKS_ENV.secret]: secret }
        : jobOverrides(appId),
  });
  return { platform, cache: cache!, scheduler: scheduler!, receiver };
}

/** Kills consumers, the cache and the scheduler while users act. */
async function disturb(
  { platform, cache, scheduler, receiver }: Run,
  random: SeededRandom,
  progress: (text: string) => void,
): Promise<void> {
  const consumers = [...platform.apps.keys()].filter((appId) => appId !== 'dead-letter-processor');
  // First: sidecars need some 25 s to find it again.
  await scheduler.process.stop('SIGKILL');
  await scheduler.process.start();
  progress('the scheduler was killed, and started again');
  for (let round = 0; round < 4; round++) {
    await sleep(1_500);
    const appId = random.pick(consumers);
    const { app } = platform.apps.get(appId)!;
    await app.stop('SIGKILL');
    await sleep(500);
    await app.start();
    progress(`${appId} was killed, and started again`);
  }
  receiver.refuse(20);
  await cache.process.stop('SIGKILL');
  await sleep(4_000);
  await cache.process.start();
  progress('the cache was down for 4 s, and came back empty');
}

/**
 * The Todo system on a real broker, sidecars, cache, database and scheduler: users act while parts are killed.
 *
 * @returns what is wrong.
 */
export async function verifyTodo(
  broker: BrokerSetting,
  folder: string,
  seed: number,
  progress: (text: string) => void,
): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const run = await start(broker, folder, progress);
  const { platform, receiver } = run;
  const random = new SeededRandom(seed);
  const users: TodoUser[] = [];
  await inParallel(USERS, 4, async (index) => {
    users.push(await TodoUser.register(platform, index, new SeededRandom(seed + index)));
  });
  progress(`${users.length} users are registered`);
  await addDueWork(platform);
  const disturbed = disturb(run, random, progress);
  await inParallel(users.length, 6, async (index) => {
    const user = users[index]!;
    for (let action = 0; action < ACTIONS; action++) {
      await user.act();
      if (action === ACTIONS / 2) {
        await user.comment();
      }
    }
  });
  await disturbed;
  const sum = (of: (user: TodoUser) => number) => users.reduce((all, user) => all + of(user), 0);
  progress(
    `${sum(({ actions }) => actions.length)} commands, ${sum(({ repeated }) => repeated)} of them sent again, ${sum(({ refused }) => refused)} refused as they have to be`,
  );
  const effects = await settledEffects(() => effectsOf(platform, users, receiver));
  const wrong = reportEffects(effects);
  const { compared, stale } = await staleTasks(platform);
  const hits = await cacheHits(platform);
  const { rows: held } = await platform.database.query<{ consumer: string; cause: string }>(
    'SELECT consumer, cause FROM quarantine',
  );
  const counts = {
    'tasks are not as their users know them': await wrongTasks(platform, users),
    'entries of activity are out of order': await orderViolations(platform, users),
    'chains of the audit log are broken': await brokenChains(platform, users),
    'tasks in the cache are stale': stale,
    'webhooks had a wrong signature': receiver.forged,
  };
  const jobs = await jobFailures(platform, progress);
  await platform.database.end();
  progress(
    `${compared} tasks compared with the cache: ${stale} stale; ${hits} answers came from it`,
  );
  return [
    ...wrong,
    ...Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([what, count]) => `${count} ${what}`),
    ...held.map(({ consumer, cause }) => `an event is in the quarantine of ${consumer}: ${cause}`),
    ...(hits >= compared / 2 ? [] : [`${hits} answers came from the cache`]),
    ...jobs,
  ];
}
