import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Arm, Variant } from './arms.ts';
import type { Environment } from './environment.ts';
import { startArm } from './running-arm.ts';

/** How often effects are counted, in milliseconds: seldom enough to cost nothing. */
const POLL = 100;
/** Milliseconds without another effect after which a consumer is taken to be stuck. */
const STUCK = 30_000;

/** Effects that are committed. */
export async function effects(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM payments',
  );
  return rows[0]!.count;
}

/**
 * What is counted per second between the first that can be seen and the one that makes `target`.
 *
 * @throws Error when the count stays as it is for a while.
 */
async function perSecond(counted: () => Promise<number>, target: number): Promise<number> {
  let first: { readonly count: number; readonly at: number } | undefined;
  let last = 0;
  let changed = performance.now();
  for (;;) {
    const count = await counted();
    const now = performance.now();
    if (count > last) {
      last = count;
      changed = now;
    } else if (now - changed > STUCK) {
      throw new Error(`stuck at ${count} of ${target} for ${STUCK / 1000} s`);
    }
    if (count > 0) {
      first ??= { count, at: now };
      if (count >= target && count > first.count) {
        return ((count - first.count) / (now - first.at)) * 1000;
      }
    }
    await sleep(POLL);
  }
}

/** One measurement: a new consumer and a new group on a fresh database. */
export async function measure(
  environment: Environment,
  arm: Arm,
  variant: Variant,
  round: number,
  target: number,
): Promise<number> {
  const running = await startArm(environment, {
    program: arm.name,
    appId: `${arm.name}-${variant.name}-${round}`,
    topic: variant.topic,
    bulk: arm.bulk,
    subscribesItself: arm.subscribesItself,
  });
  try {
    return await perSecond(() => effects(running.database.pool), target);
  } finally {
    await running.stop();
  }
}

/** Events per second that the sidecar delivers in bulk to an app which only acknowledges them. */
export async function sidecarAlone(
  environment: Environment,
  topic: string,
  round: number,
  target: number,
): Promise<number> {
  const running = await startArm(environment, {
    program: 'acknowledge',
    appId: `sidecar-alone-${round}`,
    topic,
    bulk: true,
    subscribesItself: false,
  });
  try {
    const url = `http://127.0.0.1:${running.port}/count`;
    return await perSecond(async () => Number(await (await fetch(url)).text()), target);
  } finally {
    await running.stop();
  }
}
