import { table } from '../../cli/table.ts';

/** What one step came to. */
interface Outcome {
  readonly name: string;
  readonly seconds: number;
  readonly result: string;
}

/** The steps of a run, one after the other. The first that fails is the last. */
export class Steps {
  readonly #outcomes: Outcome[] = [];
  readonly #failures: string[] = [];

  /** Called when a step has failed, before anything is stopped. */
  public explain: () => Promise<void> = () => Promise.resolve();

  public constructor(
    /** Reports progress. */
    public readonly progress: (text: string) => void,
  ) {}

  /** What is wrong. */
  public get failures(): readonly string[] {
    return this.#failures;
  }

  /** Every step that has ended. */
  public get table(): string {
    return table(
      ['step', 'seconds', 'result'],
      this.#outcomes.map(({ name, seconds, result }) => [name, seconds.toFixed(0), result]),
      [0, 2],
    );
  }

  /**
   * Runs one step.
   *
   * @param work returns the result for the table, and throws when the step has failed.
   */
  public async run(name: string, work: () => Promise<string>): Promise<void> {
    if (this.#failures.length > 0) {
      this.#outcomes.push({ name, seconds: 0, result: 'not reached' });
      return;
    }
    this.progress(`== ${name}`);
    const started = performance.now();
    const done = (result: string) =>
      this.#outcomes.push({ name, seconds: (performance.now() - started) / 1000, result });
    try {
      const result = await work();
      done(result);
      this.progress(`   ${result}`);
    } catch (error) {
      done('FAILED');
      this.#failures.push(`${name}: ${(error as Error).message}`);
      this.progress(`   FAILED: ${(error as Error).message}`);
      await this.explain();
    }
  }
}
