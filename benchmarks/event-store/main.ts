/** `npm run bench:event-store`: appends to the event store, and loading from it, on a real PostgreSQL. */
import { parseArgs } from 'node:util';
import { createDatabase, TestApp } from '@cdk8s-event-platform/runtime/testing';
import { asText, machine, installed } from '../report.ts';
import { median, withSpread } from '../statistics.ts';
import { UsageError } from '../usage-error.ts';
import { balances, bank } from './bank.ts';
import {
  commands,
  contended,
  type Load,
  loading,
  loadingStored,
  projecting,
  type Rate,
  separate,
  SIZES,
} from './measure.ts';

const HELP = `npm run bench:event-store [-- OPTIONS]

Appends per second to the event store, to a stream each and to one stream, and the time to load streams
of ${SIZES.map((size) => size.toLocaleString('en-US')).join(', ')} events, on the server that DATABASE_URL names or on one of its own.

  --rounds N   rounds of each kind (default 3)
  --seconds N  seconds of each round (default 5)
  --writers N  appends at a time (default 16)
  --help       this text`;

function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      writers: { type: 'string', default: '16' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const count = (name: 'rounds' | 'seconds' | 'writers'): number => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1 || value > 1_000) {
      throw new UsageError(`--${name} '${values[name]}' is not a count: use 1 to 1000`);
    }
    return value;
  };
  const [rounds, seconds, writers] = [count('rounds'), count('seconds'), count('writers')];
  return { rounds, seconds, writers, help: values.help };
}

async function rates(rounds: number, measure: () => Promise<Rate>): Promise<[string, string]> {
  const found: Rate[] = [];
  for (let round = 0; round < rounds; round++) {
    found.push(await measure());
  }
  return [
    withSpread(found.map(({ perSecond }) => perSecond)),
    String(found.reduce((sum, { conflicts }) => sum + conflicts, 0)),
  ];
}

async function measureAll(load: Load, rounds: number): Promise<void> {
  const separately = await rates(rounds, () => separate(load));
  // As the server does by itself within a minute.
  await load.database.pool.query('ANALYZE');
  const appends = [
    ['append, a stream each', ...separately],
    ['append, one stream, at its version', ...(await rates(rounds, () => contended(load)))],
    ['commands of one aggregate', ...(await rates(rounds, () => commands(load)))],
  ];
  const projected = await projecting(load);
  const loads: string[][] = [];
  for (const size of SIZES) {
    const times = await loading(load, size, size > 10_000 ? 5 : 30);
    loads.push([`load ${size.toLocaleString('en-US')} events`, `${median(times).toFixed(1)} ms`]);
  }
  const stored = await loadingStored(load, 100_000, 30);
  loads.push(['load 100,101 events, stored every 100', `${median(stored).toFixed(1)} ms`]);
  const title = `Event store, ${load.writers} at a time`;
  console.log(asText({ title, text: '', head: ['what', '1/s', 'tried again'], rows: appends }));
  console.log(asText({ title: 'Loading', text: '', head: ['what', 'median'], rows: loads }));
  console.log(`\nprojected ${Math.round(projected).toLocaleString('en-US')} events/s`);
}

async function main(args: readonly string[]): Promise<number> {
  const { rounds, seconds, writers, help } = readOptions(args);
  if (help) {
    console.log(HELP);
    return 0;
  }
  machine(`Node ${process.versions.node}, pg ${installed('pg')}`).forEach((line) =>
    console.log(line),
  );
  const database = await createDatabase([bank]);
  try {
    const app = new TestApp({ manifest: bank, projections: [balances] }, database);
    await measureAll({ app, database, writers, seconds }, rounds);
  } finally {
    await database.drop();
  }
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error);
  process.exitCode = 1;
}
