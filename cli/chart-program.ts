import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { load } from 'js-yaml';
import { UsageError } from './command-line.ts';

/** The program that `cdk8s synth` runs, e.g. `main.ts` of `npx ts-node main.ts`. @throws UsageError when none is named */
function programOfCdk8s(): string {
  const configuration = existsSync('cdk8s.yaml')
    ? (load(readFileSync('cdk8s.yaml', 'utf8')) as { readonly app?: unknown } | undefined)
    : undefined;
  const words = typeof configuration?.app === 'string' ? configuration.app.split(/\s+/) : [];
  const program = words.findLast((word) => /\.[cm]?[jt]s$/.test(word));
  if (program === undefined) {
    throw new UsageError(
      'no cdk8s.yaml here names a program: start this in its folder, or use --app FILE',
    );
  }
  return program;
}

/**
 * File of the program that declares platforms.
 *
 * @param program its file. @default - that of `cdk8s.yaml` in the working directory
 * @throws UsageError when it is not there.
 */
export function chartProgram(program = programOfCdk8s()): string {
  const file = resolve(program);
  if (!existsSync(file)) {
    throw new UsageError(`no file '${program}'`);
  }
  return file;
}
