import { parseArgs } from 'node:util';
import { UsageError } from '../usage-error.ts';

/** Consumers of the platforms that are synthesized. */
export const SIZES = [1, 10, 100, 1000, 5000] as const;

/** What the command line asks for. */
export interface Options {
  readonly rounds: number;
  /** Whether `helm template` is measured, too. */
  readonly helm: boolean;
  readonly write: boolean;
  readonly help: boolean;
}

export const HELP = `npm run bench:synth [-- OPTIONS]

Synthesis of platforms with ${SIZES.map((size) => size.toLocaleString('en-US')).join(', ')} consumers, beside cdk8s' ApiObjects of the same
content and \`helm template\` of it: the median time of processes that do nothing else. Exit code 1 when it
grows faster than the platform, or takes more than three times as long as the ApiObjects.

  --rounds N      processes of each size, in turns (default 3)
  --without-helm  leaves Helm out, which is built once into a cache (needs Go)
  --write         writes benchmarks/synth/README.md
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
        rounds: { type: 'string', default: '3' },
        'without-helm': { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) {
    throw new UsageError(`--rounds '${values.rounds}' is not a count: use 1 to 100`);
  }
  const { write, help } = values;
  return { rounds, helm: !values['without-helm'], write, help };
}
