import { setTimeout as sleep } from 'node:timers/promises';
import { RUNTIME_PATHS } from '@cdk8s-event-platform/contracts/interface';
import { CONSUMERS } from '../../testkit/platform/tally.ts';
import { answers } from '../../testkit/process.ts';
import { until } from '../../testkit/until.ts';
import type { DatabasePlatform } from '../../testkit/postgres/database-platform.ts';
import { runStep, type StepResult } from '../../testkit/platform/step.ts';

/** Seconds from the promotion to the first event that each consumer has processed again. */
const REQUIRED = 10;
/** Seconds of load before the primary is demoted. */
const LEAD = 2;
/** Seconds in each state in which the old primary is reachable and read-only. */
const READ_ONLY = 3;

/** Between two looks at a state, in milliseconds. */
const INTERVAL = 50;

/** Whether the standby streams from the primary. */
async function streams({ primary, standby }: DatabasePlatform): Promise<boolean> {
  const rows = await primary.query(
    `SELECT FROM pg_stat_replication WHERE state = 'streaming' AND application_name = '${standby.name}'`,
  );
  return rows.length === 1;
}

/**
 * Stops the primary cleanly. Its last act is to send everything to the standby: replication may be
 * asynchronous, and nothing that was acknowledged is lost all the same.
 *
 * @throws Error when the standby lacks anything of its log.
 */
async function stopPrimary({ primary, standby }: DatabasePlatform): Promise<void> {
  await primary.stop();
  const last = await primary.lastCheckpoint();
  const [row] = await standby.query<{ complete: boolean; received: string }>(
    `SELECT pg_last_wal_receive_lsn() > '${last}' AS complete, pg_last_wal_receive_lsn() AS received`,
  );
  if (row?.complete !== true) {
    throw new Error(
      `the log of ${primary.name} ends at ${last}, ${standby.name} has received it to ${row?.received ?? 'nothing'} only`,
    );
  }
}

/** Makes the standby the primary. Returns when, in milliseconds since 1970. */
async function promote(databases: DatabasePlatform, keepOpen: boolean): Promise<number> {
  const { primary, standby, route, observer } = databases;
  const since = Date.now();
  await standby.promote();
  databases.primary = standby;
  databases.standby = primary;
  route.switchTo(standby.port, { keepOpen });
  observer.switchTo(standby.port);
  return since;
}

/** Milliseconds from the promotion to the first event that each consumer has processed since. */
async function resumption(
  { primary }: DatabasePlatform,
  promoted: number,
): Promise<ReadonlyMap<string, number>> {
  const resumed = new Map<string, number>();
  const since = new Date(promoted).toISOString();
  await until(
    'every consumer processes events of the new primary',
    60,
    async () => {
      const rows = await primary.query<{ consumer: string }>(
        `SELECT DISTINCT consumer FROM processed_events WHERE processed_at > '${since}'`,
      );
      for (const { consumer } of rows) {
        resumed.set(consumer, resumed.get(consumer) ?? Date.now() - promoted);
      }
      return CONSUMERS.every((consumer) => resumed.has(consumer));
    },
    INTERVAL,
  );
  return resumed;
}

/**
 * When the events that were accepted before the promotion had all been processed. Those that were under way
 * may come last: what a sidecar has begun, it repeats after it has subscribed again.
 */
async function backlog({ primary }: DatabasePlatform, promoted: number): Promise<string> {
  const since = new Date(promoted).toISOString();
  const [row] = await primary.query<{ seconds: number; consumer: string }>(
    `SELECT consumer, extract(epoch FROM processed_at - '${since}')::float AS seconds
     FROM processed_events JOIN tasks ON tasks.event_id = processed_events.event_id COLLATE "C"
     WHERE tasks.created_at < '${since}' ORDER BY processed_at DESC LIMIT 1`,
  );
  return `all of before it by ${row!.seconds.toFixed(1)} s (${row!.consumer})`;
}

/** Apps that call themselves ready. */
async function readyApps({ platform }: DatabasePlatform): Promise<string[]> {
  const apps = [...platform.apps.values()];
  const ready = await Promise.all(
    apps.map(({ port }) => answers(`http://127.0.0.1:${port}${RUNTIME_PATHS.ready}`)),
  );
  return apps.filter((_, index) => ready[index]).map(({ appId }) => appId);
}

/** The old primary is a standby, and has everything that the new one has. */
async function checkStandby(databases: DatabasePlatform): Promise<string[]> {
  const { primary, standby } = databases;
  await until(
    `${standby.name} streams from ${primary.name}`,
    30,
    () => streams(databases),
    INTERVAL,
  );
  const [role] = await standby.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
  const [end] = await primary.query<{ lsn: string }>('SELECT pg_current_wal_lsn() AS lsn');
  const replayed = async () => {
    const [row] = await standby.query<{ replayed: boolean }>(
      `SELECT pg_last_wal_replay_lsn() >= '${end!.lsn}' AS replayed`,
    );
    return row!.replayed;
  };
  await until(`${standby.name} has replayed ${end!.lsn}`, 30, replayed, INTERVAL);
  return role?.standby === true ? [] : [`${standby.name} has not become a standby`];
}

/** Load, a way to demote and promote, and what came of it. */
function switchover(
  databases: DatabasePlatform,
  name: string,
  demoteAndPromote: () => Promise<{ promoted: number; failures: readonly string[] }>,
): Promise<StepResult> {
  const { load } = databases;
  return runStep(databases, name, async () => {
    await until('the standby streams', 30, () => streams(databases), INTERVAL);
    load.start();
    try {
      await sleep(LEAD * 1000);
      const { promoted, failures } = await demoteAndPromote();
      const resumed = await resumption(databases, promoted);
      const seconds = Math.max(...resumed.values()) / 1000;
      const late = [...resumed].filter(([, time]) => time > REQUIRED * 1000);
      const standby = await checkStandby(databases);
      return {
        note: async () =>
          `every consumer processes ${seconds.toFixed(1)} s after the promotion, ${await backlog(databases, promoted)}`,
        failures: [
          ...failures,
          ...standby,
          ...late.map(
            ([consumer, time]) =>
              `${consumer} processed its first event ${(time / 1000).toFixed(1)} s after the promotion, must be within ${REQUIRED} s`,
          ),
        ],
      };
    } finally {
      await load.stop();
    }
  });
}

/** The primary stops, the standby takes over, and the old primary comes back as its standby. */
export function plannedSwitchover(databases: DatabasePlatform): Promise<StepResult> {
  return switchover(databases, 'switch-over', async () => {
    const old = databases.primary;
    await stopPrimary(databases);
    const promoted = await promote(databases, false);
    old.follow(databases.primary);
    await old.start();
    return { promoted, failures: [] };
  });
}

/**
 * The old primary stays reachable, first with every connection open, then as a standby, and refuses
 * writes. Connections that lead to it stay open when the new primary is there: an app that kept one
 * would never write again.
 */
export function readOnlySwitchover(databases: DatabasePlatform): Promise<StepResult> {
  return switchover(databases, 'switch-over, old primary read-only', async () => {
    const { primary: old, standby: next } = databases;
    await old.readOnly(true);
    await sleep(READ_ONLY * 1000);
    const failures = await notUnready(databases, 'transactions are read-only');
    await stopPrimary(databases);
    await old.readOnly(false);
    old.follow(next);
    await old.start();
    await sleep(READ_ONLY * 1000);
    failures.push(...(await notUnready(databases, 'the server is a standby')));
    const promoted = await promote(databases, true);
    return { promoted, failures };
  });
}

async function notUnready(databases: DatabasePlatform, state: string): Promise<string[]> {
  const ready = await readyApps(databases);
  return ready.map((appId) => `${appId} is ready while ${state}`);
}
