import { UsageError } from './command-line.ts';
import packageJson from './package.json' with { type: 'json' };

/** A command, as its module exports it. */
export interface Command {
  /** Runs the command. @returns the exit code. @default 0 */
  readonly run: (args: readonly string[]) => Promise<number | undefined>;
}

/** What a command does, in one line, and the module that is loaded when it is called. */
interface CommandEntry {
  readonly does: string;
  readonly load: () => Promise<Command>;
}

const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  build: {
    does: 'bundles apps, each to one file that an image runs',
    load: () => import('./commands/build.ts'),
  },
  dev: {
    does: 'runs a platform on this machine, with Node alone',
    load: () => import('./commands/dev.ts'),
  },
  add: {
    does: 'adds an event, topic, consumer or service to a project',
    load: () => import('./commands/add.ts'),
  },
  remove: {
    does: 'removes an event, topic, consumer or service, and says what a cluster keeps of it',
    load: () => import('./commands/remove.ts'),
  },
  contracts: {
    does: 'compares contracts with earlier versions; exports and imports them',
    load: () => import('./commands/contracts.ts'),
  },
  secrets: {
    does: 'writes the Secrets that manifests refer to, with new passwords',
    load: () => import('./commands/secrets.ts'),
  },
  events: {
    does: 'publishes events, prints those of a topic, and replays them',
    load: () => import('./commands/events.ts'),
  },
  state: {
    does: 'prints values of state stores',
    load: () => import('./commands/state.ts'),
  },
  doctor: {
    does: 'asks a cluster for its versions and how a platform is, and says what is wrong',
    load: () => import('./commands/doctor.ts'),
  },
  'clean-up': {
    does: 'lists and deletes what a cluster has that is not declared',
    load: () => import('./commands/clean-up.ts'),
  },
  'dead-letters': {
    does: 'lists, shows, replays and discards events that could not be processed',
    load: () => import('./commands/dead-letters.ts'),
  },
  sagas: {
    does: 'lists, shows, retries and cancels sagas',
    load: () => import('./commands/sagas.ts'),
  },
  erase: {
    does: 'makes the personal data of a person unreadable',
    load: () => import('./commands/erase.ts'),
  },
  'rotate-keys': {
    does: 'changes the master key of personal data',
    load: () => import('./commands/rotate-keys.ts'),
  },
};

const HELP = `event-platform COMMAND [OPTIONS]

${Object.entries(COMMANDS)
  .map(([name, { does }]) => `  ${name.padEnd(14)}${does}`)
  .join('\n')}

  --version     the version of this command
  --help        this text; \`event-platform COMMAND --help\` explains a command`;

/** The package that a module could not find; undefined for other errors. */
function missingPackage(error: unknown): string | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
    ? /Cannot find (?:package|module) '([^./'][^']*)'/.exec(message)?.[1]
    : undefined;
}

/**
 * Runs `event-platform` with its arguments.
 *
 * @returns the exit code.
 * @throws UsageError for an unknown command or option, Error when the command fails.
 */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h') {
    console.log(HELP);
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    console.log(packageJson.version);
    return 0;
  }
  const entry = COMMANDS[name];
  if (entry === undefined) {
    throw new UsageError(`no command '${name}': use ${Object.keys(COMMANDS).join(', ')}`);
  }
  try {
    const loaded = await entry.load();
    return (await loaded.run(rest)) ?? 0;
  } catch (error) {
    const missing = missingPackage(error);
    throw missing === undefined
      ? error
      : new Error(`${name} needs the package ${missing}: npm install ${missing}`, { cause: error });
  }
}
