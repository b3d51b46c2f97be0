import { setTimeout as sleep } from 'node:timers/promises';

/** What goes wrong between the sidecar and its app, or what is behind the sidecar. */
export interface FaultSettings {
  /** Ratio of deliveries that are delivered a second time after they were answered, from 0 to 1. @default 0 */
  readonly duplicates?: number;
  /** Ratio of deliveries whose answer is lost after the app has committed, from 0 to 1. @default 0 */
  readonly loseAnswers?: number;
  /** Milliseconds before each delivery. @default 0 */
  readonly delay?: number;
  /** Whether the sidecar cannot reach state stores, such as a cache. @default false */
  readonly stateDown?: boolean;
}

const NONE: Required<FaultSettings> = {
  ...{ duplicates: 0, loseAnswers: 0, delay: 0 },
  stateDown: false,
};

/** Numbers from 0 to 1, the same for the same seed. @see https://github.com/bryc/code/blob/master/jshash/PRNGs.md */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @throws Error that lists every setting that is not valid. */
function checkSettings({ delay, stateDown, ...ratios }: Required<FaultSettings>): void {
  const problems = Object.entries(ratios)
    .filter(([, ratio]) => !(ratio >= 0 && ratio <= 1))
    .map(([name, ratio]) => `${name} (${ratio}) must be between 0 and 1`);
  if (!(delay >= 0 && Number.isFinite(delay))) {
    problems.push(`delay (${delay}) must be at least 0`);
  }
  if (typeof stateDown !== 'boolean') {
    problems.push(`stateDown (${String(stateDown)}) must be true or false`);
  }
  if (problems.length > 0) {
    throw new Error(problems.join('; '));
  }
}

/**
 * Faults between a sidecar and its app, which can be changed while it delivers. The same seed makes the same decisions
 * for the same order of deliveries.
 *
 * @example
 * const faults = new Faults();
 * const sidecar = await Sidecar.start({ ...options, faults });
 * faults.set({ duplicates: 0.3, loseAnswers: 0.1 });
 * faults.clear();
 */
export class Faults {
  readonly #random: () => number;
  #settings = NONE;

  /** @param seed of the decisions. @default 1 */
  public constructor(seed = 1) {
    this.#random = mulberry32(seed);
  }

  /** What is set. */
  public get settings(): Required<FaultSettings> {
    return { ...this.#settings };
  }

  /** Changes what is given, for deliveries from now on. @throws Error when a setting is not valid. */
  public set(settings: FaultSettings): void {
    const changed = { ...this.#settings, ...settings };
    checkSettings(changed);
    this.#settings = changed;
  }

  /** Ends all faults. */
  public clear(): void {
    this.#settings = NONE;
  }

  /**
   * Delivers with the faults that are set.
   *
   * @internal
   * @param signal that cuts requests ends the delay.
   * @returns the app's answer; undefined without one, or when it is lost.
   */
  public async around<Answer>(
    signal: AbortSignal,
    deliver: () => Promise<Answer | undefined>,
  ): Promise<Answer | undefined> {
    const { duplicates, loseAnswers, delay } = this.#settings;
    const [isDuplicated, isLost] = [this.#random() < duplicates, this.#random() < loseAnswers];
    if (delay > 0) {
      await sleep(delay, undefined, { signal }).catch(() => undefined);
    }
    const answer = await deliver();
    if (isDuplicated && answer !== undefined) {
      await deliver();
    }
    return isLost ? undefined : answer;
  }
}
