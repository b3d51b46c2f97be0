/** `npm run --silent secrets -- local | kubectl create -f -`: the Secrets that manifests refer to. */
import { parseArgs } from 'node:util';
import { dump } from 'js-yaml';
import { ENVIRONMENTS } from '../charts/environments.ts';
import { makeSecret } from '../charts/secrets.ts';
import { taskPlatform } from '../charts/task-platform.ts';
import { command } from './command.ts';

const NAMES = ENVIRONMENTS.map(({ name }) => name);
const HELP = `npm run --silent secrets -- ENVIRONMENT [--set SECRET.KEY=VALUE …]

Writes the Secrets that dist/ENVIRONMENT refers to as YAML, with new random passwords, for
  npm run --silent secrets -- local | kubectl create -f -
Use \`create\`, not \`apply\`: what is there already keeps its password.

  ENVIRONMENT            ${NAMES.join(' or ')}
  --set SECRET.KEY=VALUE a value that only you know, such as the password of an external server
  --help                 this text`;

await command('secrets', () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      set: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const environment = ENVIRONMENTS.find(({ name }) => name === positionals[0]);
  if (values.help) {
    console.log(HELP);
  } else if (environment === undefined) {
    throw new Error(`no environment '${positionals[0] ?? ''}': use ${NAMES.join(' or ')}`);
  } else {
    const given = Object.fromEntries(
      values.set.map((assignment) => {
        const separator = assignment.indexOf('=');
        if (separator < 1) {
          throw new Error(`--set '${assignment}' is not SECRET.KEY=VALUE`);
        }
        return [assignment.slice(0, separator), assignment.slice(separator + 1)];
      }),
    );
    const platform = taskPlatform(environment);
    for (const reference of platform.secrets) {
      process.stdout.write(`---\n${dump(makeSecret(reference, environment.namespace, given))}`);
    }
  }
});
