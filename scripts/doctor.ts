/** `npm run doctor`: whether a cluster has what the platform needs, in versions that it works with. */
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { findVersions, foundProblems, versionsTable } from './cluster-versions.ts';
import { command } from './command.ts';

const HELP = `npm run doctor [-- --context NAME]

Asks a cluster for the versions of Kubernetes, Dapr and KEDA, and says what the platform does not work
with. Changes nothing.

  --context NAME  context of the kubeconfig (default: the current one)
  --help          this text`;

const run = promisify(execFile);

await command('doctor', async () => {
  const { values } = parseArgs({
    options: { context: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const context = values.context === undefined ? [] : [`--context=${values.context}`];
  const found = await findVersions(async (args) => {
    const { stdout } = await run('kubectl', [...context, ...args], { maxBuffer: 256 * 2 ** 20 });
    return stdout;
  });
  console.log(versionsTable(found));
  const problems = foundProblems(found);
  if (problems.length > 0) {
    throw new Error(problems.join('\n'));
  }
  console.log('all within what is supported');
});
