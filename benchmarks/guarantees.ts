import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from './environment.ts';
import { benchEvents, publish } from './events.ts';
import { effects } from './measure.ts';
import { type ArmOptions, type RunningArm, startArm } from './running-arm.ts';

/** What became of the events of one setting. */
export interface GuaranteeResult {
  readonly setting: string;
  readonly events: number;
  readonly kills: number;
  readonly lost: number;
  readonly doubled: number;
}

/** Ways to treat a delivery, by the program that does. */
const SETTINGS = [
  { setting: 'at-most-once', program: 'weak-guarantee' },
  { setting: 'at-least-once', program: 'weak-guarantee' },
  { setting: 'exactly-once effect', program: 'runtime-bulk' },
] as const;

/** Programs that are started. */
export const GUARANTEE_PROGRAMS: readonly string[] = [
  ...new Set(SETTINGS.map(({ program }) => program)),
];

/** Kills come when these parts of the events have had their effect. */
const KILL_AT = [0.2, 0.4, 0.6];
/** Milliseconds for which a killed consumer is gone. */
const DOWN = 500;
/** Seconds without another effect after which nothing more is expected. */
const SETTLED = 10;
const TOPIC = 'bench-guarantees';

/** Waits for a number of effects; false when they have ceased to come before. */
async function reaches(running: RunningArm, wanted: number): Promise<boolean> {
  let last = -1;
  let changed = performance.now();
  for (;;) {
    const count = await effects(running.database.pool);
    if (count >= wanted) {
      return true;
    }
    if (count !== last) {
      last = count;
      changed = performance.now();
    } else if (performance.now() - changed > SETTLED * 1000) {
      return false;
    }
    await sleep(10);
  }
}

async function tally(running: RunningArm, events: number) {
  const { rows } = await running.database.pool.query<{ effects: number; distinct: number }>(
    'SELECT count(*)::int AS effects, count(DISTINCT event_id)::int AS distinct FROM payments',
  );
  const { effects: total, distinct } = rows[0]!;
  return { lost: events - distinct, doubled: total - distinct };
}

async function runSetting(
  environment: Environment,
  options: ArmOptions,
  setting: string,
  events: number,
): Promise<GuaranteeResult> {
  const running = await startArm(environment, options);
  let kills = 0;
  try {
    for (const part of KILL_AT) {
      if (await reaches(running, events * part)) {
        await running.process.stop('SIGKILL');
        kills++;
        await sleep(DOWN);
        await running.process.start();
      }
    }
    // Doubled effects make more than there are events: only silence says that all have come.
    await reaches(running, Infinity);
    return { setting, events, kills, ...(await tally(running, events)) };
  } finally {
    await running.stop();
  }
}

/** Kills consumers under load, and counts effects that are missing and effects too many. */
export async function measureGuarantees(
  environment: Environment,
  events: number,
  progress: (text: string) => void,
): Promise<GuaranteeResult[]> {
  await environment.createTopic(TOPIC);
  await publish(environment.publisherPort, TOPIC, benchEvents('clean', events));
  const results: GuaranteeResult[] = [];
  for (const { setting, program } of SETTINGS) {
    const result = await runSetting(
      environment,
      {
        program,
        appId: `guarantee-${setting.replaceAll(' ', '-')}`,
        topic: TOPIC,
        bulk: true,
        subscribesItself: false,
        tryForever: true,
        env: { SETTING: setting },
      },
      setting,
      events,
    );
    progress(
      `${setting}: ${result.kills} kills, ${result.lost} lost, ${result.doubled} doubled of ${events}`,
    );
    results.push(result);
  }
  return results;
}
