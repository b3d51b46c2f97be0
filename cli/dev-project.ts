import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEAD_LETTER_PROCESSOR } from '@cdk8s-event-platform/contracts/interface';
import { programOf } from '@cdk8s-event-platform/dev';
import { choosePlatform } from './choose-platform.ts';
import { devOutput } from './dev-output.ts';
import { loadPlatforms } from './load-platforms.ts';
import { runDev } from './run-dev.ts';

/** What `event-platform dev` is told. */
export interface DevOptions {
  readonly environment: string | undefined;
  /** The program that declares the platform. */
  readonly program: string;
  /** Folder with a folder for each app. */
  readonly apps: string;
  readonly port: number;
  readonly pagePort: number;
  /** Real parts in place of those in this process. */
  readonly dapr: { readonly broker: string | undefined } | undefined;
  readonly reset: boolean;
  readonly json: boolean;
}

const FOLDER = '.event-platform';

/** Programs of apps by the name of their folder. */
function programsIn(folder: string): Map<string, string> {
  return new Map(
    readdirSync(folder).flatMap((name) => {
      const program = programOf(join(folder, name));
      return program === undefined ? [] : [[name, program] as const];
    }),
  );
}

/** The program of the dead-letter processor, which a team need not have. */
function deadLetterProgram(): string {
  const file = join(FOLDER, 'dead-letter-processor.mjs');
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(
    file,
    `import { startDeadLetterProcessor } from '@cdk8s-event-platform/runtime/dead-letters';\n\nstartDeadLetterProcessor();\n`,
  );
  return file;
}

/** Loads a chart; what it prints is of interest only when it fails. */
async function loadQuietly(program: string) {
  const printed: (string | Uint8Array)[] = [];
  try {
    return await loadPlatforms(program, (text) => printed.push(text));
  } catch (error) {
    printed.forEach((text) => process.stderr.write(text));
    throw error;
  }
}

/** Runs the platform of a project until it is interrupted. @returns the exit code. */
export async function runProject(options: DevOptions): Promise<number> {
  const { environment, program, apps, json, ...others } = options;
  const declare = async () => choosePlatform(await loadQuietly(program), environment);
  const platform = await declare();
  const programs = programsIn(apps);
  if (!programs.has(DEAD_LETTER_PROCESSOR.appId)) {
    programs.set(DEAD_LETTER_PROCESSOR.appId, deadLetterProgram());
  }
  return runDev({
    ...others,
    ...{ platform, program, declare, programs, print: devOutput(json), folder: FOLDER },
  });
}
