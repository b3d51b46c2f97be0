import { setTimeout as sleep } from 'node:timers/promises';
import { deadLettersRoute, eventRoute } from '@cdk8s-event-platform/contracts/interface';
import { TaskCreated } from '../../app-images/tasks/events/index.ts';
import { LoadClient, inParallel } from '../../testkit/platform/load.ts';
import type { ManagedProcess } from '../../testkit/process.ts';
import type { RunningPlatform } from '../../testkit/platform/platform.ts';
import { poisonEvents } from './poison.ts';
import { Poster } from '../../testkit/platform/poster.ts';
import { settle } from '../../testkit/platform/settle.ts';
import type { Tally } from '../../testkit/platform/tally.ts';

/** How much is sent. */
export interface FlowOptions {
  /** Tasks posted through the producer. */
  readonly tasks: number;
  /** How many of them are posted again under the same key. */
  readonly repeats: number;
  /** Events that no consumer can process. */
  readonly poison: number;
  /** Seconds for which the database is down, under load. 0 leaves the outage out. */
  readonly outage: number;
  /** Whether a consumer and a server of the broker are killed under load, and started again. */
  readonly crash: boolean;
  /** Whether the broker drops events itself that are published again. */
  readonly dropsRepeats: boolean;
  readonly progress: (text: string) => void;
}

/** What came of it. */
export interface FlowResult {
  readonly tallies: readonly Tally[];
  /** Events that were confirmed. */
  readonly published: number;
  /** What is wrong. */
  readonly failures: readonly string[];
}

const WIDTH = 32;
const CRASH_TASKS = 300;
const OUTAGE_TASKS = 500;

async function acceptedTasks(platform: RunningPlatform): Promise<number> {
  const { rows } = await platform.database.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM idempotency_keys',
  );
  return rows[0]!.count;
}

/** A malformed request is answered with the reasons, and nothing of it is kept. */
async function refusesMalformed(platform: RunningPlatform, poster: Poster): Promise<string[]> {
  const before = await acceptedTasks(platform);
  const { status, body } = await poster.post('{"title":"","extra":1}', 'malformed');
  const { errors: reasons = [] } = JSON.parse(body) as { errors?: object[] };
  const after = await acceptedTasks(platform);
  return status === 400 && reasons.length === 3 && before === after
    ? []
    : [`a malformed task got ${status} with ${reasons.length} reasons and ${after - before} tasks`];
}

/** Stops the database for a while, with deliveries under way and tasks that must wait. */
async function outage(
  platform: RunningPlatform,
  poster: Poster,
  first: number,
  seconds: number,
): Promise<void> {
  const load = inParallel(OUTAGE_TASKS, 8, (index) => poster.task(first + index));
  await sleep(200);
  // SIGINT is PostgreSQL's fast shutdown: transactions are ended, not waited for.
  await platform.postgres.process.stop('SIGINT');
  await sleep(seconds * 1000);
  await platform.postgres.process.start();
  await load;
}

/** Sends events again that have been published, as they were: what a relay does that was cut off. */
async function publishAgain(
  platform: RunningPlatform,
  events: readonly { readonly id: string; readonly data: unknown }[],
): Promise<void> {
  const { ports, sidecarHeaders } = platform.apps.get('producer')!;
  const client = new LoadClient();
  for (const { id, data } of events) {
    const { created_at: time, user_id: key } = data as Record<string, string>;
    const event = { specversion: '1.0', id, source: '/producer-service', type: TaskCreated.type };
    const { status } = await client.post(
      ports.http,
      `/v1.0/publish/kafka-pubsub/${TaskCreated.topic}?metadata.partitionKey=${key}`,
      JSON.stringify({ ...event, time, datacontenttype: 'application/json', data }),
      { 'content-type': 'application/cloudevents+json', ...sidecarHeaders },
    );
    if (status !== 204) {
      throw new Error(`the sidecar answered ${status} to an event that was published before`);
    }
  }
  client.close();
}

/** Status of a request without the token, which another pod could send. */
async function statusWithoutToken(port: number, path: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: '{}',
  });
  return response.status;
}

/** Requests without the token that apps and sidecars accept. */
async function acceptedWithoutToken(platform: RunningPlatform): Promise<string[]> {
  const attempts = [...platform.apps.values()].flatMap(({ appId, port, ports }) => [
    { what: `delivery to ${appId}`, port, path: eventRoute(TaskCreated) },
    { what: `dead letter to ${appId}`, port, path: deadLettersRoute(TaskCreated.topic) },
    {
      what: `publication by the sidecar of ${appId}`,
      port: ports.http,
      path: `/v1.0/publish/kafka-pubsub/${TaskCreated.topic}`,
    },
  ]);
  const answers = await Promise.all(
    attempts.map(async ({ what, port, path }) => ({
      what,
      status: await statusWithoutToken(port, path),
    })),
  );
  return answers.flatMap(({ what, status }) =>
    status === 401 ? [] : [`a ${what} without the token got ${status}, not 401`],
  );
}

/** Kills a process and starts it again, as a kubelet does, with tasks coming in all the time. */
async function crash(poster: Poster, victim: ManagedProcess): Promise<void> {
  const first = poster.confirmed.size;
  const load = inParallel(CRASH_TASKS, 4, (index) => poster.task(first + index));
  await sleep(300);
  await victim.stop('SIGKILL');
  await sleep(5_000);
  await victim.start();
  await load;
}

/** Posts tasks. Returns some of them, evenly spread, for {@link publishAgain}. */
async function postTasks(
  poster: Poster,
  { tasks, repeats, progress }: FlowOptions,
): Promise<{ id: string; data: unknown }[]> {
  const started = performance.now();
  const every = Math.floor(tasks / Math.max(1, repeats));
  const repeated: { id: string; data: unknown }[] = [];
  await inParallel(tasks, WIDTH, async (index) => {
    const data = await poster.task(index);
    if (index % every === 0 && repeated.length < repeats) {
      repeated.push({ id: `task-${index}`, data });
    }
  });
  const perSecond = (tasks / ((performance.now() - started) / 1000)).toFixed(0);
  progress(`posted ${tasks} tasks, ${perSecond}/s`);
  await inParallel(repeats, WIDTH, (index) => poster.task(index * every));
  progress(`repeated ${repeats} of these requests`);
  return repeated;
}

/** Publishes poison by the sidecar of the producer. Returns what is wrong. */
async function publishPoison(platform: RunningPlatform, count: number): Promise<string[]> {
  const { ports, sidecarHeaders } = platform.apps.get('producer')!;
  const failures: string[] = [];
  const client = new LoadClient();
  for (const { contentType, body, query = '' } of poisonEvents(count)) {
    const { status } = await client.post(
      ports.http,
      `/v1.0/publish/kafka-pubsub/${TaskCreated.topic}${query}`,
      body,
      { 'content-type': contentType, ...sidecarHeaders },
    );
    if (status !== 204) {
      failures.push(`the sidecar answered ${status} to a poison event`);
    }
  }
  client.close();
  return failures;
}

/** Kills a consumer, of which a second pod runs, and a broker, and starts both again. */
async function crashes(
  platform: RunningPlatform,
  poster: Poster,
  progress: FlowOptions['progress'],
): Promise<void> {
  const { app } = platform.apps.get('task-processor')!;
  await platform.scaleOut('task-processor');
  progress('a second task-processor; the first one is killed, and started again after 5 s');
  await crash(poster, app);
  const [server] = platform.broker.servers;
  progress(`${server.spec.name} is killed, and started again after 5 s`);
  await crash(poster, server);
}

/** What is wrong with the counts of the consumers. */
function tallyFailures(
  tallies: readonly Tally[],
  { poison, repeats, crash: crashed, dropsRepeats }: FlowOptions,
): string[] {
  return tallies.flatMap(({ consumer, lost, doubled, quarantined, suppressed }) => {
    // A consumer that was killed counts from zero again.
    const restarted = crashed && consumer === 'task-processor';
    return [
      ...(lost === 0 && doubled === 0
        ? []
        : [`${consumer}: lost ${lost}, doubled ${doubled}; both must be 0`]),
      ...(quarantined === poison
        ? []
        : [`${consumer}: ${quarantined} events in quarantine, not the ${poison} sent`]),
      ...(suppressed >= repeats || restarted || dropsRepeats
        ? []
        : [`${consumer}: ${suppressed} duplicates suppressed of ${repeats} sent`]),
    ];
  });
}

/** Sends tasks, repeats, poison and an outage through the running platform, and counts. */
export async function runFlow(
  platform: RunningPlatform,
  options: FlowOptions,
): Promise<FlowResult> {
  const { tasks, poison, progress } = options;
  const poster = new Poster(platform.apps.get('producer')!.port);
  try {
    const failures = await refusesMalformed(platform, poster);
    const repeated = await postTasks(poster, options);
    await publishAgain(platform, repeated);
    progress(`published ${repeated.length} events once more`);
    failures.push(...(await publishPoison(platform, poison)));
    progress(`sent ${poison} poison events`);
    failures.push(...(await acceptedWithoutToken(platform)));
    progress('apps and sidecars got requests without their token');
    if (options.outage > 0) {
      progress(`database down for ${options.outage} s`);
      await outage(platform, poster, tasks, options.outage);
      progress(`database up again, ${OUTAGE_TASKS} tasks under way meanwhile`);
    }
    if (options.crash) {
      await crashes(platform, poster, progress);
    }
    const tallies = await settle(platform, poster.confirmed, { poison, progress });
    failures.push(...tallyFailures(tallies, options));
    return { tallies, published: poster.confirmed.size, failures };
  } finally {
    poster.close();
  }
}
