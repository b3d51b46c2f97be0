import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What one process has done. */
export interface Measurement {
  readonly milliseconds: number;
  readonly objects: number;
  readonly bytes: number;
}

/**
 * Runs a program to its end.
 *
 * @param output file that gets its standard output.
 * @throws Error with what it said when it fails.
 */
async function run(command: string, args: readonly string[], output: string): Promise<void> {
  const file = openSync(output, 'w');
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn(command, args, { stdio: ['ignore', file, 'pipe'] });
      let said = '';
      child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.once('error', reject);
      child.once('close', (code, signal) =>
        code === 0
          ? resolve()
          : reject(
              new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}:\n${said}`),
            ),
      );
    });
  } finally {
    closeSync(file);
  }
}

/** Runs a program of `programs/`, which measures itself: its imports are no part of a synthesis. */
export async function measureProgram(
  name: 'platform' | 'raw',
  args: readonly string[],
  folder: string,
): Promise<Measurement> {
  const program = join(import.meta.dirname, 'programs', `${name}.ts`);
  const output = join(folder, 'measurement.json');
  await run(process.execPath, ['--import', 'tsx', program, ...args], output);
  return JSON.parse(readFileSync(output, 'utf8')) as Measurement;
}

/** Runs `helm template`, with its start: it takes some hundredths of a second. */
export async function measureHelm(
  helm: string,
  chart: string,
  folder: string,
): Promise<Measurement> {
  const output = join(folder, 'helm.yaml');
  const started = performance.now();
  await run(helm, ['template', 'platform', chart], output);
  const milliseconds = performance.now() - started;
  const text = readFileSync(output);
  let objects = 0;
  for (let at = text.indexOf('\nkind: '); at >= 0; at = text.indexOf('\nkind: ', at + 1)) {
    objects++;
  }
  return { milliseconds, objects, bytes: text.length };
}
