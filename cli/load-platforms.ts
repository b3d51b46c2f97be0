import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CREATED_PLATFORMS, WITHOUT_CONTRACT_LOCK } from '@cdk8s-event-platform/contracts/internal';
import type { EventPlatform } from 'cdk8s-event-platform';
import { tsImport } from 'tsx/esm/api';
import { chartProgram } from './chart-program.ts';

/**
 * The platforms that a program of cdk8s creates. The program runs in this process; what it synthesizes goes
 * to a temporary folder, and what it prints to `print`: standard output is the command's own.
 *
 * @param program its file. @default - that of `cdk8s.yaml` in the working directory
 * @param print takes what the program prints. @default - standard error
 * @param options `contractLock`: whether contracts are compared with the lock file. @default true
 * @throws UsageError when the program is not there, Error when it fails or creates no platform.
 */
export async function loadPlatforms(
  program?: string,
  print: (text: string | Uint8Array) => unknown = (text) => process.stderr.write(text),
  options: { readonly contractLock?: boolean } = {},
): Promise<EventPlatform[]> {
  const file = chartProgram(program);
  const platforms: EventPlatform[] = [];
  const output = mkdtempSync(join(tmpdir(), 'event-platform-'));
  const global = globalThis as {
    [CREATED_PLATFORMS]?: EventPlatform[];
    [WITHOUT_CONTRACT_LOCK]?: true;
  };
  process.env.CDK8S_OUTDIR = output;
  global[CREATED_PLATFORMS] = platforms;
  if (options.contractLock === false) {
    global[WITHOUT_CONTRACT_LOCK] = true;
  }
  const { stdout } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = (text: string | Uint8Array) => {
    print(text);
    return true;
  };
  try {
    await tsImport(pathToFileURL(file).href, import.meta.url);
  } finally {
    stdout.write = write;
    Reflect.deleteProperty(global, CREATED_PLATFORMS);
    Reflect.deleteProperty(global, WITHOUT_CONTRACT_LOCK);
    Reflect.deleteProperty(process.env, 'CDK8S_OUTDIR');
    rmSync(output, { recursive: true });
  }
  if (platforms.length === 0) {
    throw new Error(`'${relative('', file)}' creates no EventPlatform`);
  }
  return platforms;
}
