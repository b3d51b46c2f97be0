import { printableLines } from '@cdk8s-event-platform/contracts/internal';
import { UsageError } from './command-line.ts';

/**
 * Runs a program of the command line. What it throws becomes one line on standard error, and the
 * exit code 1, or 2 when it was called wrongly.
 *
 * @param name in front of the line.
 * @param consequence a line that follows a failure. @default - none
 */
export async function command(
  name: string,
  run: () => void | Promise<void>,
  consequence?: string,
): Promise<void> {
  try {
    await run();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`${name}: ${printableLines(reason)}`);
    if (consequence !== undefined) {
      console.error(consequence);
    }
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
