import type { Observation } from './experiment.ts';
import type { LabPod } from './lab.ts';
import { eventually } from './outage.ts';
import type { ProbeApp } from './probe-app.ts';

/** Apps side by side, of which the first has no workaround. */
export interface SideBySide<Declared> {
  readonly without: readonly [LabPod, Declared];
  readonly with: readonly [LabPod, Declared];
  /** Rounds until the fault must have shown. */
  readonly rounds: number;
  /** Seconds after a round in which events may still come to the app without workaround. */
  readonly patience: number;
  /** One round of one app: the events that it must receive. */
  readonly round: (pod: LabPod, declared: Declared) => Promise<string[]>;
}

/** As long as it takes a sidecar to start again and to join, on a busy machine. */
const PATIENCE_WITH = 40;

/** Counts what was not delivered. */
export function lostOf(app: ProbeApp, ids: readonly string[]): string {
  return `${app.missing(ids).length} of ${ids.length} events not delivered`;
}

/** Repeats a round until the app without workaround has lost events. */
export async function untilLost<Declared>(options: SideBySide<Declared>): Promise<Observation> {
  const arms = [
    { of: options.without, ids: [] as string[], patience: options.patience },
    { of: options.with, ids: [] as string[], patience: PATIENCE_WITH },
  ] as const;
  const lost = ({ of: [{ app }], ids }: (typeof arms)[number]) => app.missing(ids).length > 0;
  let rounds = 0;
  do {
    rounds++;
    await Promise.all(
      arms.map(async (arm) => {
        arm.ids.push(...(await options.round(...arm.of)));
        await eventually(() => !lost(arm), arm.patience);
      }),
    );
  } while (rounds < options.rounds && !lost(arms[0]));
  const [without, held] = arms.map((arm) => ({
    shows: lost(arm),
    summary: `${lostOf(arm.of[0].app, arm.ids)}, ${rounds === 1 ? '1 round' : `${rounds} rounds`}`,
  }));
  return { without: without!, with: held! };
}
