/** `npm run --silent secrets -- local | kubectl create -f -`: the Secrets that manifests refer to. */
import { parseArgs } from 'node:util';
import { dump } from 'js-yaml';
import { PLATFORMS } from '../charts/platforms.ts';
import { makeSecret } from '../charts/secrets.ts';
import { command } from './command.ts';

const NAMES = Object.keys(PLATFORMS);
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
  const declare = PLATFORMS[positionals[0] ?? ''];
  if (values.help) {
    console.log(HELP);
  } else if (declare === undefined) {
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
    const { secrets, environment } = declare();
    const documents = secrets.map(
      (reference) => `---\n${dump(makeSecret(reference, environment.namespace, given))}`,
    );
    if (documents.some((document) => document.includes('placeholder.invalid'))) {
      throw new Error(
        `Secrets of '${environment.name}' name what only AWS knows: pulumi up -s ${environment.name} makes them`,
      );
    }
    process.stdout.write(documents.join(''));
  }
});
