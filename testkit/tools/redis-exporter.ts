import { VERSIONS } from '../../constructs/core/versions.ts';
import { goProgram } from './go-program.ts';

/** The exporter of Redis, which also serves streams and their groups. */
export const redisExporter = goProgram({
  name: 'redis-exporter',
  module: 'github.com/oliver006/redis_exporter',
  version: VERSIONS.redisExporter,
  program: 'redis_exporter',
  versionVariable: 'main.BuildVersion',
});
