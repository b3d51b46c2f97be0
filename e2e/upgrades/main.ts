/** `npm run e2e:upgrades`: parts are upgraded in place, under load. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { UPGRADED_FROM, VERSIONS } from '../../constructs/core/versions.ts';
import { command } from '../../cli/command.ts';
import { type StepResult, stepTable } from '../../testkit/platform/step.ts';
import { stopAll } from '../../testkit/process.ts';
import { upgradeKafka, upgradeNats } from './brokers.ts';
import { upgradePostgres } from './postgres.ts';
import { upgradeSidecars } from './sidecars.ts';
import type { Upgrade } from './upgrade.ts';

const UPGRADES = {
  kafka: upgradeKafka,
  nats: upgradeNats,
  dapr: upgradeSidecars,
  postgres: upgradePostgres,
} as const satisfies Record<string, Upgrade>;
type Name = keyof typeof UPGRADES;
const NAMES = Object.keys(UPGRADES) as Name[];

const HELP = `npm run e2e:upgrades [-- OPTIONS]

Starts the local task platform with an older version of a part, and upgrades it while tasks come in:
Kafka's three brokers and three controllers one after the other, then its metadata.version; the servers
of NATS; the sidecars, by pods with new ones; PostgreSQL by a dump, with writes held. Nothing may be lost or
doubled, nor out of order where the broker keeps the order of every contract.

  --only NAME  ${NAMES.join(', ')} (default: all)
  --keep       leaves the folder with logs and data
  --help       this text`;

const started = performance.now();

function progress(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(5);
  console.log(`${seconds} s  ${text}`);
}

await command('e2e:upgrades', async () => {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const names = NAMES.filter((name) => values.only === undefined || values.only === name);
  if (names.length === 0) {
    throw new Error(`no upgrade of '${values.only}': use ${NAMES.join(', ')}`);
  }
  for (const part of ['kafka', 'nats', 'dapr'] as const) {
    console.log(`${part} ${UPGRADED_FROM[part]} to ${VERSIONS[part]}`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-upgrades-'));
  chmodSync(folder, 0o755);
  const results: StepResult[] = [];
  const failures: string[] = [];
  for (const name of names) {
    const own = join(folder, name);
    mkdirSync(own);
    chmodSync(own, 0o755);
    try {
      results.push(await UPGRADES[name]({ folder: own, progress }));
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message}`);
    } finally {
      await stopAll();
    }
  }
  if (!values.keep) {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${stepTable(results)}\n`);
  failures.push(...results.flatMap((result) => result.failures));
  failures.forEach((failure) => console.error(`FAILED  ${failure}`));
  console.log(
    `e2e:upgrades: ${failures.length === 0 ? 'nothing lost' : `${failures.length} failures`}`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
});
