/**
 * Dapr's component for Redis acknowledges an event also when its delivery has failed for good and its dead
 * letter could not be written, as in a Redis without memory left: the event is lost. One whose retries take
 * longer than `redeliverAfter` is delivered again.
 *
 * Not worked around: `docs/brokers.md` describes it.
 *
 * @see https://github.com/dapr/components-contrib/pull/4208
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { withSetting } from './changes.ts';
import type { Arm, Experiment } from './experiment.ts';
import type { Lab, LabPod, RenderedObject } from './lab.ts';
import { eventually } from './outage.ts';
import { lostOf } from './rounds.ts';

const run = promisify(execFile);
const LATE = 'redelivered-late';
const EARLY = 'redelivered-early';
const EVENTS = 10;
/** Sum of the retries below, and of those of publishing a dead letter. */
const RETRIES_SECONDS = 10;

async function redis({ address }: Lab, ...args: readonly string[]): Promise<string> {
  const [host, port] = address.split(':') as [string, string];
  const { stdout } = await run('redis-cli', ['-h', host, '-p', port, ...args]);
  return stdout.trim();
}

/** Retries that take two seconds. */
function quickly(object: RenderedObject): RenderedObject {
  const constant = (maxRetries: number) => ({ policy: 'constant', duration: '500ms', maxRetries });
  return object.kind === 'Resiliency'
    ? {
        ...object,
        spec: {
          ...object.spec,
          policies: {
            ...object.spec.policies,
            retries: { deliver: constant(4), publish: constant(1) },
          },
        },
      }
    : object;
}

/** Events that the sidecar has not acknowledged. */
async function pending(lab: Lab, appId: string): Promise<number> {
  const summary = await redis(lab, 'XPENDING', `${appId}-0`, appId);
  return Number(summary.split('\n')[0]);
}

export const deadLetterLost: Experiment = {
  broker: 'redis',
  apps: [{ appId: LATE }, { appId: EARLY }],
  run: async (lab) => {
    const late = await lab.pod(LATE, { change: quickly });
    const early = await lab.pod(EARLY, {
      change: (object) => withSetting(quickly(object), 'processingTimeout', '1000'),
    });
    const published = await Promise.all(
      [LATE, EARLY].map((appId, index) => {
        [late, early][index]!.app.handle = () => Promise.resolve(false);
        return lab.publish(`${appId}-0`, EVENTS);
      }),
    );
    // From now on, Redis takes nothing but acknowledgements.
    await redis(lab, 'CONFIG', 'SET', 'maxmemory', '1');
    await eventually(async () => (await pending(lab, LATE)) === 0, RETRIES_SECONDS);
    await redis(lab, 'CONFIG', 'SET', 'maxmemory', '0');
    const arm = async ({ app }: LabPod, appId: string, ids: readonly string[]): Promise<Arm> => {
      app.handle = () => Promise.resolve(true);
      const again = await eventually(() => app.missing(ids).length === 0, 8);
      const letters = Number(await redis(lab, 'XLEN', `${appId}-0.${appId}.dlq`));
      const kept = await pending(lab, appId);
      return {
        shows: !again && letters === 0 && kept === 0,
        summary: `${lostOf(app, ids)}, ${letters} dead letters, ${kept} unacknowledged`,
      };
    };
    const [without, kept] = await Promise.all([
      arm(late, LATE, published[0]!),
      arm(early, EARLY, published[1]!),
    ]);
    return { without, with: kept };
  },
};
