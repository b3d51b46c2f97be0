import { goProgram } from './go-program.ts';

/** The version of the module that has the program: its major version stayed 1 with version 2 of the program. */
const MODULE_VERSION = '1.76.0';

/** What shows traces, without its page: the module has the sources of that alone. Its API is there. */
export const jaeger = goProgram({
  name: 'jaeger',
  module: 'github.com/jaegertracing/jaeger',
  version: MODULE_VERSION,
  target: './cmd/jaeger',
  // Where the image has it.
  program: 'cmd/jaeger/jaeger-linux',
  versionVariable: 'github.com/jaegertracing/jaeger/internal/version.latestVersion',
});
