import { parseArgs, type ParseArgsConfig } from 'node:util';

/** A command was called wrongly: the message says how to call it. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;

const HELP_OPTION = { help: { type: 'boolean', short: 'h', default: false } } as const;

/**
 * Reads options and arguments of a command, `--help` among them.
 *
 * @throws UsageError for an option that the command does not have.
 */
export function readOptions<const Own extends Options>(args: readonly string[], options: Own) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...options, ...HELP_OPTION },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
