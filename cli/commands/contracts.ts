/** `event-platform contracts`: the contracts of a program's platforms. */
import { UsageError } from '../command-line.ts';
import { LOCK_HELP, runLock } from '../contract-lock/lock-command.ts';

/** What the command does, by its first word. */
const ACTIONS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  lock: runLock,
};

export async function run(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  if (first === '--help' || first === '-h') {
    console.log(LOCK_HELP);
    return 0;
  }
  if (first === undefined || first.startsWith('-')) {
    return runLock(args);
  }
  const action = Object.hasOwn(ACTIONS, first) ? ACTIONS[first] : undefined;
  if (action === undefined) {
    throw new UsageError(
      `contracts takes ${Object.keys(ACTIONS).join(', ')} or nothing, not '${first}': event-platform contracts --help`,
    );
  }
  return action(rest);
}
