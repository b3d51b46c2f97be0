/** `event-platform doctor`: whether a cluster has what the platform needs, and how the platform is there. */
import { checkCluster, type Finding } from '../cluster/checks.ts';
import { chosenPlatform, CLUSTER_HELP, CLUSTER_OPTIONS } from '../cluster/chosen-platform.ts';
import { kubectlOf } from '../cluster/kubectl.ts';
import { findVersions, foundProblems, versionsTable } from '../cluster-versions.ts';
import { readOptions, UsageError } from '../command-line.ts';
import { table } from '../table.ts';

const HELP = `event-platform doctor [ENVIRONMENT] [OPTIONS]

Asks a cluster for the versions of Kubernetes, Dapr and KEDA, and says what the platform does not work with. With an
environment, it also looks at the platform there: its namespace, Dapr's control plane, Components and Subscriptions,
apps and their sidecars; and through the EventTools, if they are declared, at topics, groups, their lag, and the last
events. Changes nothing. Needs kubectl. The exit code is 1 when there is a problem.

  ENVIRONMENT             the environment, the id of the EventPlatform, or both, e.g. shop/local
                          (default: versions alone)
  --max-lag N             lag above which a group is a warning (default: 1000)
${CLUSTER_HELP}
  --json                  versions, problems and findings as JSON
  --help                  this text`;

function findingsTable(findings: readonly Finding[]): string {
  return table(
    ['', 'what', 'how it is'],
    findings.map(({ level, what, detail }) => [level, what, detail]),
    [0, 1, 2],
  );
}

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    ...CLUSTER_OPTIONS,
    'max-lag': { type: 'string', default: '1000' },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [environment = values.environment, ...more] = positionals;
  const maxLag = Number(values['max-lag']);
  if (more.length > 0) {
    throw new UsageError(`doctor takes one environment, not '${positionals.join(' ')}'`);
  }
  if (!Number.isInteger(maxLag) || maxLag < 0) {
    throw new UsageError(`--max-lag '${values['max-lag']}' is not a number of events`);
  }
  const kubectl = kubectlOf(values.context);
  const found = await findVersions((own) => kubectl.run(own));
  const problems = foundProblems(found);
  const findings =
    environment === undefined && values.app === undefined
      ? []
      : await checkCluster({
          platform: await chosenPlatform({ app: values.app, environment }),
          kubectl,
          maxLag,
        });
  const bad = findings.filter(({ level }) => level === 'problem');
  if (values.json) {
    console.log(JSON.stringify({ found, problems, findings }, null, 2));
    return problems.length + bad.length > 0 ? 1 : 0;
  }
  console.log(versionsTable(found));
  if (findings.length > 0) {
    console.log(`\n${findingsTable(findings)}`);
  }
  if (problems.length > 0) {
    throw new Error(problems.join('\n'));
  }
  if (bad.length > 0) {
    throw new Error(`${bad.length} problem${bad.length > 1 ? 's' : ''}`);
  }
  console.log('all within what is supported');
  return 0;
}
