import type { Counts, Outcome } from './engine.ts';

/** One command of the engine, and what was wrong with it. */
export interface Step {
  readonly name: string;
  readonly outcome: Outcome;
  readonly failures: readonly string[];
}

/** What a step is expected to do. */
export interface Expected {
  /** Counts by Pulumi's names; others must be 0. `same` is ignored. */
  readonly counts?: Counts;
  /** Error that the step must fail with. @default - it must succeed */
  readonly error?: RegExp;
  /** Checks more. Returns what is wrong. */
  readonly check?: (outcome: Outcome) => Promise<readonly string[]> | readonly string[];
}

function unexpected(outcome: Outcome, { counts, error }: Expected): string[] {
  const failures: string[] = [];
  if (outcome.ok !== (error === undefined)) {
    failures.push(outcome.ok ? 'succeeds, and must fail' : `fails:\n${outcome.output}`);
  }
  if (error !== undefined && !error.test(outcome.output)) {
    failures.push(`does not say ${String(error)}:\n${outcome.output}`);
  }
  if (counts !== undefined) {
    const operations = new Set([...Object.keys(counts), ...Object.keys(outcome.counts)]);
    operations.delete('same');
    for (const operation of operations) {
      const [is, has] = [outcome.counts[operation] ?? 0, counts[operation] ?? 0];
      if (is !== has) {
        failures.push(`${operation} ${is}, not ${has}: ${outcome.steps.join(', ')}`);
      }
    }
  }
  return failures;
}

/** Commands of the engine, one after the other, each compared with what is expected of it. */
export class Steps {
  readonly #steps: Step[] = [];

  /** @param progress called after each step. */
  public constructor(private readonly progress: (text: string) => void) {}

  /** The steps so far. */
  public get all(): readonly Step[] {
    return [...this.#steps];
  }

  /** What was wrong so far, as `<step>: <failure>`. */
  public get failures(): string[] {
    return this.#steps.flatMap(({ name, failures }) => failures.map((text) => `${name}: ${text}`));
  }

  /** Awaits a command that runs, and notes what was wrong with it. */
  public async take(name: string, run: Promise<Outcome>, expected: Expected): Promise<Outcome> {
    const outcome = await run;
    const failures = unexpected(outcome, expected);
    // After a failure, the check would only fail for the same reason.
    if (failures.length === 0) {
      failures.push(...((await expected.check?.(outcome)) ?? []));
    }
    this.#steps.push({ name, outcome, failures });
    this.progress(`${name}: ${failures.length === 0 ? 'ok' : 'WRONG'}`);
    return outcome;
  }
}
