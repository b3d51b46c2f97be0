/** `npm run e2e:tools`: what the everyday commands do through the pod of the EventTools, on real brokers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../../cli/command.ts';
import { readOptions, UsageError } from '../../cli/command-line.ts';
import { table } from '../../cli/table.ts';
import { BROKER_NAMES, type BrokerName } from '../../testkit/brokers/index.ts';
import { stopAll } from '../../testkit/process.ts';
import { verifyCluster } from './cluster.ts';
import type { Result } from './results.ts';
import { Bench } from './verify.ts';

const HELP = `npm run e2e:tools [-- OPTIONS]

Publishes events through a real daprd, reads them with the script of the broker's toolbox, and sets the group of a
consumer back, which then gets them again. Prints a table, and fails when something is not as it must be.

  --broker A,B   ${BROKER_NAMES.join(', ')}
                 (default: one server of each; with -3, three servers with accounts)
  --only NAME    brokers, or cluster: replay for real, doctor and clean-up on a real API server (default: both)
  --keep         leaves the folder with logs and data
  --help         this text`;

function brokersOf(text: string): BrokerName[] {
  const names = text.split(',') as BrokerName[];
  const unknown = names.filter((name) => !BROKER_NAMES.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(`no broker '${unknown.join("', '")}': use ${BROKER_NAMES.join(', ')}`);
  }
  return names;
}

/** Results of a run, and what it could not do. */
async function collect(
  name: string,
  run: (onResult: (result: Result) => void) => Promise<void>,
): Promise<Result[]> {
  const results: Result[] = [];
  try {
    await run((result) => {
      console.error(`${name}: ${result.step}: ${result.problem ?? 'ok'}`);
      results.push(result);
    });
  } catch (error) {
    results.push({ step: 'start', seconds: 0, problem: (error as Error).message });
  } finally {
    await stopAll();
  }
  return results;
}

function verify(name: BrokerName, folder: string): Promise<Result[]> {
  return collect(name, async (onResult) => {
    const bench = await Bench.start(name, folder);
    await bench.run(onResult);
  });
}

async function main(args: readonly string[]): Promise<void> {
  const { values } = readOptions(args, {
    broker: { type: 'string', default: 'kafka,redis,nats,rabbitmq' },
    only: { type: 'string' },
    keep: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'event-tools-'));
  const rows: (readonly string[])[] = [];
  let failures = 0;
  const add = (name: string, results: readonly Result[]) => {
    for (const { step, seconds, problem } of results) {
      rows.push([name, step, seconds.toFixed(1), problem ?? 'ok']);
      failures += problem === undefined ? 0 : 1;
    }
  };
  if (values.only !== 'brokers') {
    add(
      'cluster',
      await collect('cluster', (onResult) => verifyCluster(join(folder, 'cluster'), onResult)),
    );
  }
  for (const name of values.only === 'cluster' ? [] : brokersOf(values.broker)) {
    add(name, await verify(name, join(folder, name)));
  }
  console.log(table(['broker', 'step', 'seconds', 'result'], rows, [0, 1, 3]));
  if (values.keep) {
    console.log(`logs and data: ${folder}`);
  } else {
    rmSync(folder, { recursive: true });
  }
  if (failures > 0) {
    throw new Error(`${failures} steps are not as they must be`);
  }
}

await command('e2e:tools', () => main(process.argv.slice(2)));
