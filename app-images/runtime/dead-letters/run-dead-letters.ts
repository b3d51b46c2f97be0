import { openDatabase } from '../database/database.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { deadLetters } from './commands.ts';
import { QuarantineStore } from '../quarantine/quarantine-store.ts';

/**
 * Runs a command on the quarantine of the database that `PGHOST`, `PGDATABASE` and libpq's other variables
 * name, and writes its output to standard output.
 *
 * @param args of the command, e.g. `['list', '--consumer', 'shop']`; `['--help']` lists them.
 * @returns the exit code: 0, 1 when something failed, 2 for wrong arguments.
 *
 * @example
 * process.exitCode = await runDeadLetters(process.argv.slice(2));
 */
export async function runDeadLetters(args: readonly string[]): Promise<number> {
  const pool = openDatabase({ applicationName: 'dead-letters', connections: 2, log: silentLogger });
  try {
    return await deadLetters(args, () => new QuarantineStore(pool), {
      out: (line) => console.log(line),
    });
  } finally {
    await pool.end();
  }
}
