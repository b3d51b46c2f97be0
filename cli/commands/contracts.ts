/** `event-platform contracts`: contracts for others, and those of others. */
import { UsageError } from '../command-line.ts';

const HELP = `event-platform contracts export|import [OPTIONS]

  export    writes the contracts of a platform as AsyncAPI, JSON Schema or TypeScript
  import    writes contracts from AsyncAPI or JSON Schema

  --help    this text; \`event-platform contracts export --help\` explains one`;

const ACTIONS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  export: async (args) =>
    (await import('../interchange/export-contracts.ts')).exportContracts(args),
  import: async (args) =>
    (await import('../interchange/import-contracts.ts')).importContracts(args),
};

export async function run([name, ...rest]: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h') {
    console.log(HELP);
    return 0;
  }
  const action = Object.hasOwn(ACTIONS, name ?? '') ? ACTIONS[name!] : undefined;
  if (action === undefined) {
    throw new UsageError(
      `contracts takes ${Object.keys(ACTIONS).join(', ')}, not '${name ?? ''}': event-platform contracts --help`,
    );
  }
  return action(rest);
}
