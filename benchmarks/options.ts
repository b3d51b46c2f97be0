import { parseArgs } from 'node:util';
import { ARMS } from './arms.ts';
import { UsageError } from './usage-error.ts';

/** The sidecar alone, the database alone, and the runtime between the two. */
export const LIMITS = 'limits';

/** Names that `--only` takes. */
export const NAMES: readonly string[] = [...ARMS.map(({ name }) => name), LIMITS];

/** What the command line asks for. */
export interface Options {
  readonly rounds: number;
  /** Names that are measured. */
  readonly only: ReadonlySet<string>;
  readonly quick: boolean;
  readonly speed: boolean;
  readonly guarantees: boolean;
  readonly size: boolean;
  readonly write: boolean;
  readonly keep: boolean;
  readonly help: boolean;
}

export const HELP = `npm run bench:consumers [-- OPTIONS]

Consumers of events side by side on real Kafka, daprd and PostgreSQL: effects per second, with clean
events, with poison and with duplicates. Exit code 1 when an aim is missed.

  --only NAME,…   measures these: ${ARMS.slice(0, 3)
    .map(({ name }) => name)
    .join(', ')},
                  ${ARMS.slice(3)
                    .map(({ name }) => name)
                    .join(', ')}, ${LIMITS}
  --rounds N      measurements of each, interleaved (default 7)
  --quick         small counts and one round, to see that it runs
  --guarantees    effects lost and doubled when consumers are killed, and events lost and repeated when
                  producers, sidecars and the broker are, instead of speed
  --size          size of bundles and time to listen, instead of speed
  --write         measures all three, and writes benchmarks/README.md
  --keep          leaves the folder with logs and data
  --help          this text`;

/**
 * Reads the command line.
 *
 * @throws UsageError that says what is wrong with it.
 */
export function readOptions(args: readonly string[]): Options {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        rounds: { type: 'string' },
        quick: { type: 'boolean', default: false },
        guarantees: { type: 'boolean', default: false },
        size: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const names = values.only?.split(',').map((name) => name.trim()) ?? NAMES;
  const unknown = names.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(`--only '${unknown.join("', '")}' is not known: use ${NAMES.join(', ')}`);
  }
  const rounds = Number(values.rounds ?? (values.quick ? '1' : '7'));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) {
    throw new UsageError(`--rounds '${values.rounds ?? ''}' is not a count: use 1 to 100`);
  }
  const { quick, write, keep, help } = values;
  const speed = write || (!values.guarantees && !values.size);
  const guarantees = write || values.guarantees;
  const size = write || values.size;
  return { only: new Set(names), rounds, quick, speed, guarantees, size, write, keep, help };
}
