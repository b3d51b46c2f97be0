/** `npm run build`: compiles the packages to build/packages, ready to be published. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPackages } from './build-packages.ts';
import { command } from '../cli/command.ts';

const HELP = `npm run build [-- --output FOLDER]

Compiles each package to FOLDER/<package>: JavaScript, declarations and source maps in lib/, with its
package.json, README and licence. contracts and constructs become CommonJS, the others ES modules.

  --output FOLDER   where the packages go (default: build/packages)
  --help            this text`;

await command('build', () => {
  const { values } = parseArgs({
    options: {
      output: { type: 'string', default: join(import.meta.dirname, '..', 'build', 'packages') },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(HELP);
  } else {
    buildPackages(values.output, console.log);
  }
});
