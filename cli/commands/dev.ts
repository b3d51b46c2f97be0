/** `event-platform dev`: a platform on this machine. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programOf } from '@cdk8s-event-platform/dev';
import { DEAD_LETTER_PROCESSOR } from '@cdk8s-event-platform/contracts/interface';
import { choosePlatform } from '../choose-platform.ts';
import { readOptions, UsageError } from '../command-line.ts';
import { devOutput } from '../dev-output.ts';
import { chartProgram, loadPlatforms } from '../load-platforms.ts';
import { runDev } from '../run-dev.ts';
import { isSupervised, supervise } from '../supervise.ts';

const FOLDER = '.event-platform';

const HELP = `event-platform dev [ENVIRONMENT] [OPTIONS]

Runs a platform on this machine with Node alone, from what its chart declares: PostgreSQL with migrations and
roles, a broker and sidecars in place of Kafka and Dapr, a mail server, each app as a process with a port for a
debugger, and a page that shows all of it. An app starts again when its sources change, and the platform when its
chart does. Data stay in ${FOLDER}/: a restart goes on where it was.

  ENVIRONMENT     the environment, or the id of the EventPlatform, where the program has several
  --app FILE      the program that declares the platform (default: that of cdk8s.yaml)
  --apps FOLDER   folder with the apps, each in a folder of its app id with main.ts (default: src)
  --port N        first port for apps (default: 8080)
  --page-port N   first port for the page (default: 9400)
  --reset         begins with an empty database
  --json          prints each line as JSON, with time, from and line
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

/** Loads a chart; what it prints is of interest only when it fails. */
async function loadQuietly(app: string | undefined) {
  const printed: (string | Uint8Array)[] = [];
  try {
    return await loadPlatforms(app, (text) => printed.push(text));
  } catch (error) {
    printed.forEach((text) => process.stderr.write(text));
    throw error;
  }
}

function portOf(option: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new UsageError(`--${option} '${text}' is not a port: use 1 to 65535`);
  }
  return port;
}

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    app: { type: 'string' },
    apps: { type: 'string', default: 'src' },
    port: { type: 'string', default: '8080' },
    'page-port': { type: 'string', default: '9400' },
    reset: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (positionals.length > 1) {
    throw new UsageError(`dev takes one environment, not '${positionals.join(' ')}'`);
  }
  const port = portOf('port', values.port);
  const pagePort = portOf('page-port', values['page-port']);
  const programs = programsIn(values.apps);
  const program = chartProgram(values.app);
  if (!isSupervised()) {
    return supervise();
  }
  const declare = async () => choosePlatform(await loadQuietly(values.app), positionals[0]);
  const platform = await declare();
  if (!programs.has(DEAD_LETTER_PROCESSOR.appId)) {
    programs.set(DEAD_LETTER_PROCESSOR.appId, deadLetterProgram());
  }
  const print = devOutput(values.json);
  const { reset } = values;
  const code = await runDev({
    ...{ platform, program, declare, programs, port, pagePort, reset, print, folder: FOLDER },
  });
  // The embedded server's package keeps the process.
  process.exit(code);
}
