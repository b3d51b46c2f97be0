/** What was verified. */
export interface Result {
  readonly step: string;
  readonly seconds: number;
  /** What differs; undefined when nothing does. */
  readonly problem?: string;
}

/** Runs a step. */
export async function timed(step: string, verify: () => Promise<void>): Promise<Result> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  try {
    await verify();
    return { step, seconds: seconds() };
  } catch (error) {
    return { step, seconds: seconds(), problem: (error as Error).message };
  }
}

/** @throws Error when two lists are not the same. */
export function same(what: string, found: readonly unknown[], expected: readonly unknown[]): void {
  const [is, wanted] = [JSON.stringify(found), JSON.stringify(expected)];
  if (is !== wanted) {
    throw new Error(`${what}: ${is} instead of ${wanted}`);
  }
}
