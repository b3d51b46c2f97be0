import {
  type Arm,
  ARMS,
  CLEAN,
  measured,
  type Variant,
  type VariantName,
  VARIANTS,
} from './arms.ts';
import type { Environment } from './environment.ts';
import { benchEvents, publish } from './events.ts';
import { runtimeAlone } from './in-process.ts';
import { measure, sidecarAlone } from './measure.ts';
import { LIMITS, type Options } from './options.ts';
import { databaseLimit } from './pgbench.ts';
import { digits } from './statistics.ts';

/** Effects per second of each arm and variant, one for each round. */
export interface Throughput {
  readonly arms: readonly Arm[];
  readonly rates: ReadonlyMap<string, readonly number[]>;
  /** Rows per second of the database alone. */
  readonly limit: readonly number[];
  /** Events per second of the runtime without a sidecar. */
  readonly alone: readonly number[];
  /** Events per second of the sidecar with an app that only acknowledges. */
  readonly sidecar: readonly number[];
  /** What could not be measured. */
  readonly failures: readonly string[];
}

/** Key of {@link Throughput.rates}. */
export function rateKey(arm: string, variant: VariantName): string {
  return `${arm} ${variant}`;
}

/** Events without a sidecar in one measurement, and how long the database alone is measured. */
const ALONE = { events: 60_000, seconds: 4 } as const;
/** A topic holds more than is read of it, so that no partition runs dry before the end. */
const SPARE = 1.3;
/** What `--quick` leaves of the counts. */
const QUICK = 0.1;

/** What is read of a topic at most. */
function mostRead(arms: readonly Arm[], variant: Variant, options: Options): number {
  const counts = arms.filter((arm) => measured(arm, variant)).map((arm) => arm.effects);
  return Math.max(
    0,
    ...counts,
    ...(variant === CLEAN && options.only.has(LIMITS) ? [ALONE.events] : []),
  );
}

async function fillTopics(
  environment: Environment,
  arms: readonly Arm[],
  options: Options,
  scale: number,
  progress: (text: string) => void,
): Promise<void> {
  for (const variant of VARIANTS) {
    const count = Math.ceil(mostRead(arms, variant, options) * scale * SPARE);
    if (count > 0) {
      await environment.createTopic(variant.topic);
      const events = benchEvents(variant.name, count);
      await publish(environment.publisherPort, variant.topic, events);
      progress(`${variant.topic}: ${digits(events.length)} events`);
    }
  }
}

/** Measures arms and variants in turn, as many rounds as asked for. */
export async function measureThroughput(
  environment: Environment,
  options: Options,
  progress: (text: string) => void,
): Promise<Throughput> {
  const arms = ARMS.filter(({ name }) => options.only.has(name));
  const scale = options.quick ? QUICK : 1;
  await fillTopics(environment, arms, options, scale, progress);
  const rates = new Map<string, number[]>();
  const limit: number[] = [];
  const alone: number[] = [];
  const sidecar: number[] = [];
  const failures: string[] = [];

  const take = async (
    into: number[],
    name: string,
    round: number,
    run: () => Promise<number>,
  ): Promise<void> => {
    const label = `round ${round}/${options.rounds}  ${name.padEnd(36)}`;
    try {
      const rate = await run();
      into.push(rate);
      progress(`${label} ${digits(rate).padStart(8)}/s`);
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message}`);
      progress(`${label} ${(error as Error).message}`);
    }
  };
  const ratesOf = (arm: Arm, variant: Variant): number[] => {
    const key = rateKey(arm.name, variant.name);
    const known = rates.get(key) ?? [];
    rates.set(key, known);
    return known;
  };

  for (let round = 1; round <= options.rounds; round++) {
    for (const variant of VARIANTS) {
      for (const arm of arms.filter((candidate) => measured(candidate, variant))) {
        await take(ratesOf(arm, variant), `${arm.name}, ${variant.title}`, round, () =>
          measure(environment, arm, variant, round, Math.ceil(arm.effects * scale)),
        );
      }
    }
    if (options.only.has(LIMITS)) {
      await take(sidecar, 'sidecar alone', round, () =>
        sidecarAlone(environment, CLEAN.topic, round, ALONE.events * scale),
      );
      await take(limit, 'database alone', round, () =>
        databaseLimit(environment, Math.ceil(ALONE.seconds * scale)),
      );
      await take(alone, 'runtime in process', round, () =>
        runtimeAlone(environment, ALONE.events * scale, round),
      );
    }
  }
  return { arms, rates, limit, alone, sidecar, failures };
}
