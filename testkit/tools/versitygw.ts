import { goProgram } from './go-program.ts';

/** A server that is compatible with S3, with files behind it. */
export const versitygw = goProgram({
  name: 'versitygw',
  module: 'github.com/versity/versitygw',
  version: '1.8.0',
  target: './cmd/versitygw',
  program: 'versitygw',
  versionVariable: 'main.Version',
});
