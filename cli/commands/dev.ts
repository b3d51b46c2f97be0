/** `event-platform dev`: a platform on this machine. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programOf } from '@cdk8s-event-platform/dev';
import { DEAD_LETTER_PROCESSOR } from '@cdk8s-event-platform/contracts/interface';
import { choosePlatform } from '../choose-platform.ts';
import { readOptions, UsageError } from '../command-line.ts';
import { loadPlatforms } from '../load-platforms.ts';
import { runDev } from '../run-dev.ts';

const FOLDER = '.event-platform';

const HELP = `event-platform dev [ENVIRONMENT] [OPTIONS]

Runs a platform on this machine with Node alone, from what its chart declares: PostgreSQL with migrations and
roles, a broker and sidecars in place of Kafka and Dapr, a mail server that shows mails, and each app as a process
that starts again when its sources change. Data stay in ${FOLDER}/: a restart goes on where it was.

  ENVIRONMENT     the environment, or the id of the EventPlatform, where the program has several
  --app FILE      the program that declares the platform (default: that of cdk8s.yaml)
  --apps FOLDER   folder with the apps, each in a folder of its app id with main.ts (default: src)
  --port N        first port for apps (default: 8080)
  --reset         begins with an empty database
  --help          this text`;

/** Programs of apps by the name of their folder. @throws UsageError when the folder is not there. */
function programsIn(folder: string): Map<string, string> {
  if (!existsSync(folder)) {
    throw new UsageError(`no folder '${folder}' with apps: use --apps FOLDER`);
  }
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

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new UsageError(`--port '${text}' is not a port: use 1 to 65535`);
  }
  return port;
}

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    app: { type: 'string' },
    apps: { type: 'string', default: 'src' },
    port: { type: 'string', default: '8080' },
    reset: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (positionals.length > 1) {
    throw new UsageError(`dev takes one environment, not '${positionals.join(' ')}'`);
  }
  const port = portOf(values.port);
  const programs = programsIn(values.apps);
  const platform = choosePlatform(await loadPlatforms(values.app), positionals[0]);
  if (!programs.has(DEAD_LETTER_PROCESSOR.appId)) {
    programs.set(DEAD_LETTER_PROCESSOR.appId, deadLetterProgram());
  }
  await runDev({ platform, programs, port, folder: FOLDER, reset: values.reset });
  return 0;
}
