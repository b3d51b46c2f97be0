/**
 * `node /app/cli.js` in the image: what `event-platform dead-letters`, `event-platform erase` and
 * `event-platform sagas` do.
 */
import { runDeadLetters, runErase, runSagas } from '@cdk8s-event-platform/runtime/dead-letters';

const OTHERS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  erase: runErase,
  sagas: runSagas,
};

const [command, ...rest] = process.argv.slice(2);
const other = command === undefined ? undefined : OTHERS[command];
process.exitCode =
  other === undefined ? await runDeadLetters(process.argv.slice(2)) : await other(rest);
