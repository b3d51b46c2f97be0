/** `event-platform doctor`: whether a cluster has what the platform needs, in versions that it works with. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findVersions, foundProblems, versionsTable } from '../cluster-versions.ts';
import { readOptions } from '../command-line.ts';

const HELP = `event-platform doctor [--context NAME]

Asks a cluster for the versions of Kubernetes, Dapr and KEDA, and says what the platform does not work
with. Changes nothing. Needs kubectl.

  --context NAME  context of the kubeconfig (default: the current one)
  --json          versions and problems as JSON
  --help          this text`;

const execute = promisify(execFile);

async function kubectl(args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await execute('kubectl', [...args], { maxBuffer: 256 * 2 ** 20 });
    return stdout;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? new Error('kubectl is not installed, or not on the PATH: install it first', {
          cause: error,
        })
      : error;
  }
}

export async function run(args: readonly string[]): Promise<number> {
  const { values } = readOptions(args, {
    context: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const context = values.context === undefined ? [] : [`--context=${values.context}`];
  const found = await findVersions((own) => kubectl([...context, ...own]));
  const problems = foundProblems(found);
  if (values.json) {
    console.log(JSON.stringify({ found, problems }, null, 2));
    return problems.length > 0 ? 1 : 0;
  }
  console.log(versionsTable(found));
  if (problems.length > 0) {
    throw new Error(problems.join('\n'));
  }
  console.log('all within what is supported');
  return 0;
}
