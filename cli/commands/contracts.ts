/** `event-platform contracts`: compares contracts with earlier versions, and exchanges them with others. */
import { UsageError } from '../command-line.ts';

const HELP = `event-platform contracts [lock|export|import] [OPTIONS]

  lock      compares contracts with earlier versions, and writes their lock file; the default
  export    writes the contracts of a platform as AsyncAPI, JSON Schema or TypeScript
  import    writes contracts from AsyncAPI or JSON Schema

  --help    this text; \`event-platform contracts lock --help\` explains one`;

type Action = (args: readonly string[]) => Promise<number>;

const ACTIONS: Readonly<Record<string, Action>> = {
  lock: async (args) => (await import('../contract-lock/lock-command.ts')).runLock(args),
  export: async (args) =>
    (await import('../interchange/export-contracts.ts')).exportContracts(args),
  import: async (args) =>
    (await import('../interchange/import-contracts.ts')).importContracts(args),
};

export async function run(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  if (first === '--help' || first === '-h') {
    console.log(HELP);
    return 0;
  }
  if (first === undefined || first.startsWith('-')) {
    return ACTIONS.lock!(args);
  }
  const action = Object.hasOwn(ACTIONS, first) ? ACTIONS[first] : undefined;
  if (action === undefined) {
    throw new UsageError(
      `contracts takes ${Object.keys(ACTIONS).join(', ')} or nothing, not '${first}': event-platform contracts --help`,
    );
  }
  return action(rest);
}
