import { VERSIONS } from '../../constructs/core/versions.ts';
import { goProgram } from './go-program.ts';

/** The mail sink, without its page: the module has the sources of that alone. Its API is there. */
export const mailpit = goProgram({
  name: 'mailpit',
  module: 'github.com/axllent/mailpit',
  version: VERSIONS.mailpit,
  program: 'mailpit',
  versionVariable: 'github.com/axllent/mailpit/config.Version',
});
