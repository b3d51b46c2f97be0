import { setTimeout as sleep } from 'node:timers/promises';
import { TaskCreated } from '../../app-images/tasks/events/index.ts';
import type { RunningPlatform } from '../../testkit/platform/platform.ts';
import { LoadClient } from '../../testkit/platform/load.ts';
import type { ManagedProcess } from '../../testkit/process.ts';
import type { Clocks } from './clock.ts';
import { signalFamily } from '../../testkit/processes.ts';
import type { SeededRandom } from '../../testkit/random.ts';
import type { SmallVolume } from './volume.ts';

/** What faults are done to. */
export interface Victim {
  readonly platform: RunningPlatform;
  readonly clocks: Clocks;
  /** The database's volume; undefined where none could be made. */
  readonly volume: SmallVolume | undefined;
  readonly random: SeededRandom;
}

/** One kind of fault: does it, undoes it, and says what it did. */
export type Fault = (victim: Victim) => Promise<string>;

const CONSUMERS = [
  'task-processor',
  'notification-sender',
  'analytics-aggregator',
  'dead-letter-processor',
] as const;
const HOUR = 3_600_000;

/** As a kubelet does: an end of any kind is followed by a start, until one succeeds. */
async function startAgain(process: ManagedProcess): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await process.start();
      return;
    } catch (error) {
      if (attempt === 5) {
        throw error;
      }
      await sleep(1_000);
    }
  }
}

/** Kills a process and everything it has started, and starts it a little later. */
async function killAndStart(process: ManagedProcess, random: SeededRandom): Promise<string> {
  const after = random.between(300, 3_000);
  if (process.pid !== undefined && process.alive) {
    signalFamily(process.pid, 'SIGKILL');
  }
  await process.stop('SIGKILL');
  await sleep(after);
  await startAgain(process);
  return `${process.spec.name} killed, down for ${(after / 1000).toFixed(1)} s`;
}

interface Task {
  readonly event_id: string;
  readonly task_id: string;
  readonly user_id: string;
  readonly title: string;
  readonly created_at: Date;
}

/** Sends events again that have been processed, as they were. */
async function storm({ platform, random }: Victim): Promise<string> {
  const { ports, sidecarHeaders } = platform.apps.get('producer')!;
  const client = new LoadClient();
  const { rows } = await platform.database.query<Task>(
    `SELECT event_id, task_id, user_id, title, created_at FROM tasks
     WHERE id >= (SELECT max(id) FROM tasks) * $1::float ORDER BY id LIMIT 1000`,
    [random.next()],
  );
  const events = rows.map(({ event_id: id, task_id: task, ...rest }) => ({
    id,
    data: { ...rest, task_id: Number(task), created_at: rest.created_at.toISOString() },
  }));
  const entries = events.map(({ id, data }, index) => ({
    entryId: String(index),
    contentType: 'application/cloudevents+json',
    metadata: { partitionKey: data.user_id },
    event: {
      specversion: '1.0',
      id,
      source: '/producer-service',
      type: TaskCreated.type,
      time: data.created_at,
      datacontenttype: 'application/json',
      data,
    },
  }));
  for (let time = 0; time < 3; time++) {
    await client.post(
      ports.http,
      `/v1.0/publish/bulk/kafka-pubsub/${TaskCreated.topic}`,
      JSON.stringify(entries),
      { 'content-type': 'application/json', ...sidecarHeaders },
    );
  }
  client.close();
  return `${events.length} events published three times more`;
}

/** Every kind of fault by its name. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  consumer: ({ platform, random }) =>
    killAndStart(platform.apps.get(random.pick(CONSUMERS))!.app, random),
  sidecar: async ({ platform, random }) => {
    const { sidecar } = platform.apps.get(random.pick([...platform.apps.keys()]))!;
    // It is started again by its own runner, like a container.
    sidecar.signal('SIGKILL');
    await sleep(1_500);
    return `${sidecar.spec.name} killed`;
  },
  broker: ({ platform, random }) => killAndStart(platform.broker.servers[0], random),
  database: ({ platform, random }) => killAndStart(platform.postgres.process, random),
  relay: ({ platform, random }) => killAndStart(platform.apps.get('producer')!.app, random),
  'slow database': async ({ platform, random }) => {
    const { pid } = platform.postgres.process;
    const milliseconds = random.between(500, 6_000);
    signalFamily(pid!, 'SIGSTOP');
    await sleep(milliseconds);
    signalFamily(pid!, 'SIGCONT');
    return `database stopped for ${(milliseconds / 1000).toFixed(1)} s, and went on`;
  },
  'disk full': async ({ platform, volume, random }) => {
    const milliseconds = random.between(1_000, 4_000);
    volume!.fill();
    await sleep(milliseconds);
    volume!.clear();
    const { process } = platform.postgres;
    await sleep(500);
    // Without room for its log, a server ends, and is started again.
    const ended = !process.alive;
    if (ended) {
      await startAgain(process);
    }
    return `database without room for ${(milliseconds / 1000).toFixed(1)} s${ended ? ', it ended' : ''}`;
  },
  'duplicate storm': storm,
  'clock skew': async ({ platform, clocks, random }) => {
    const appId = random.pick(['producer', ...CONSUMERS]);
    const skew = random.between(-12 * HOUR, 12 * HOUR);
    clocks.set(appId, skew);
    await killAndStart(platform.apps.get(appId)!.app, random);
    return `clock of ${appId} off by ${(skew / HOUR).toFixed(1)} h, from a new start on`;
  },
};
