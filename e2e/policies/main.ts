/** `npm run e2e:policies`: our reading of network policies compared with another one. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DAPR_VERSION, VERSIONS } from '../../constructs/core/versions.ts';
import { command } from '../../cli/command.ts';
import { table } from '../../cli/table.ts';
import { withSidecars } from '../../testkit/kubernetes/pods.ts';
import { SeededRandom } from '../../testkit/random.ts';
import { ensureTools } from '../../testkit/tools/index.ts';
import { POLICY_JUDGE_VERSION } from '../../testkit/tools/policy-judge.ts';
import { type Comparison, compare, compareMutants } from './comparison.ts';
import { connectionsOf, scriptOfWorld, upstreamVerdicts } from './judges.ts';
import { NftCheck } from './nft-check.ts';
import { platforms } from './platforms.ts';
import { randomWorld } from './random-policies.ts';
import { worldOf } from './world.ts';

const HELP = `npm run e2e:policies [-- OPTIONS]

Compares two readings of network policies: the rules of nftables by which e2e:cluster enforces them, and
kube-network-policies of Kubernetes' own network group. For every environment and broker, between the
pods of all workloads, strangers and outside addresses, to every port; and for policies at random in a
small world. No verdict may differ. Then each rule of each policy is left out, or admits everybody, for
our side alone: that must make a difference.

  --only NAME  one environment, or with a broker: production, local-redis-3, … (default: all)
  --sets N     sets of policies at random (default 300)
  --seed N     what they are made from (default 1)
  --help       this text`;

/** Differences that are shown. */
const SHOWN = 10;

const started = performance.now();

function progress(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(5);
  console.log(`${seconds} s  ${text}`);
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) {
    throw new Error(`--${name} '${text}' is not a count: use a whole number of 0 or more`);
  }
  return value;
}

/** What is wrong; whatever was judged adds to it. */
class Findings {
  public judged = 0;
  public differences = 0;
  public mutants = 0;
  public readonly failures: string[] = [];

  public add(name: string, { judged, differences }: Comparison): void {
    this.judged += judged;
    this.differences += differences.length;
    this.failures.push(...differences.map((difference) => `${name}: ${difference}`));
  }

  public addMutants(name: string, { mutants, unnoticed }: ReturnType<typeof compareMutants>): void {
    this.mutants += mutants;
    this.failures.push(...unnoticed.map((change) => `${name}: not noticed: ${change}`));
  }
}

interface Programs {
  readonly judge: string;
  readonly inject: string;
  readonly nft: NftCheck;
}

const COLUMNS = [
  'environment',
  'pods',
  'pairs',
  'ports',
  'judged',
  'allowed',
  'denied',
  'differences',
  'mutants noticed',
];

/** Every environment with every broker. */
function judgePlatforms(only: string | undefined, programs: Programs, findings: Findings): void {
  const all = platforms();
  const chosen = all.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0) {
    throw new Error(
      `--only '${only!}' is not known: use one of ${all.map(({ name }) => name).join(', ')}`,
    );
  }
  const rows = chosen.map(({ name, render }) => {
    const world = worldOf(render(), (pods) => withSidecars(programs.inject, pods));
    const connections = connectionsOf(world);
    const [upstream] = upstreamVerdicts(programs.judge, [{ ...world, connections }]);
    const script = scriptOfWorld(world);
    programs.nft.check(script);
    const compared = compare(world, connections, upstream!, script);
    const mutated = compareMutants(world, connections, upstream!);
    findings.add(name, compared);
    findings.addMutants(name, mutated);
    progress(`${name}: ${compared.judged} verdicts, ${compared.differences.length} differences`);
    const { judged, allowed, differences } = compared;
    const noticed = mutated.mutants - mutated.unnoticed.length;
    return [
      name,
      ...[world.pods.length, judged / world.ports.length, world.ports.length, judged].map(String),
      ...[allowed, judged - allowed, differences.length].map(String),
      `${noticed}/${mutated.mutants}`,
    ];
  });
  console.log(`\n${table(COLUMNS, rows)}\n`);
}

/** Policies at random; prints those of the first set with a difference. */
function judgeRandom(sets: number, seed: number, programs: Programs, findings: Findings): void {
  const random = new SeededRandom(seed);
  const worlds = Array.from({ length: sets }, () => randomWorld(random)).map((world) => ({
    ...world,
    connections: connectionsOf(world),
  }));
  const upstream = sets === 0 ? [] : upstreamVerdicts(programs.judge, worlds);
  const results = worlds.map((world, index) => {
    const script = scriptOfWorld(world);
    programs.nft.check(script);
    return compare(world, world.connections, upstream[index]!, script);
  });
  results.forEach((result, index) => findings.add(`set ${index} of seed ${seed}`, result));
  const differing = results.findIndex(({ differences }) => differences.length > 0);
  if (differing >= 0) {
    console.log(`policies of set ${differing}: ${JSON.stringify(worlds[differing]!.policies)}`);
  }
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const judged = sum(results.map((result) => result.judged));
  const allowed = sum(results.map((result) => result.allowed));
  const policies = sum(worlds.map((world) => world.policies.length));
  progress(
    `${sets} sets at random (seed ${seed}), ${policies} policies: ${judged} verdicts, ${allowed} allowed, ${judged - allowed} denied, ${sum(results.map(({ differences }) => differences.length))} differences`,
  );
}

await command('e2e:policies', () => {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      sets: { type: 'string', default: '300' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const sets = count('sets', values.sets);
  const seed = count('seed', values.seed);
  const nft = new NftCheck();
  console.log(
    `kube-network-policies ${POLICY_JUDGE_VERSION}, defaults of Kubernetes ${VERSIONS.kubernetes}, injector of Dapr ${DAPR_VERSION}`,
  );
  console.log(nft.description);
  const tools = ensureTools(['policy-judge', 'dapr']);
  const programs = {
    judge: join(tools['policy-judge'], 'policy-judge'),
    inject: join(tools.dapr, 'inject'),
    nft,
  };
  const findings = new Findings();
  judgePlatforms(values.only, programs, findings);
  judgeRandom(sets, seed, programs, findings);
  findings.failures.slice(0, SHOWN).forEach((failure) => console.error(`FAILED  ${failure}`));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `e2e:policies: ${findings.judged} verdicts, ${findings.differences} differences, ${findings.mutants} mutants, ${findings.failures.length} failures, ${seconds} s`,
  );
  process.exitCode = findings.failures.length === 0 ? 0 : 1;
});
