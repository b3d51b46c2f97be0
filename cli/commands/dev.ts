/** `event-platform dev`: a platform on this machine. */
import { existsSync } from 'node:fs';
import { chartProgram } from '../chart-program.ts';
import { readOptions, UsageError } from '../command-line.ts';
import { isSupervised, supervise } from '../supervise.ts';

const HELP = `event-platform dev [ENVIRONMENT] [OPTIONS]

Runs a platform on this machine with Node alone, from what its chart declares: PostgreSQL with migrations and
roles, a broker and sidecars in place of Kafka and Dapr, a mail server, each app as a process with a port for a
debugger, and a page that shows all of it. An app starts again when its sources change, and the platform when its
chart does. Data stay in .event-platform/: a restart goes on where it was.

  ENVIRONMENT     where the program has several: the environment, the id of the EventPlatform, or
                  both, e.g. shop/local
  --app FILE      the program that declares the platform (default: that of cdk8s.yaml)
  --apps FOLDER   folder with the apps, each in a folder of its app id with main.ts (default: src)
  --port N        first port for apps (default: 8080)
  --page-port N   first port for the page (default: 9400)
  --dapr          delivers by the real daprd of this machine, from a broker that runs already: kafka or redis
  --broker NAME   that broker, as kafka or kafka=HOST:PORT (default: the chart's, at its usual port here)
  --reset         begins with an empty database
  --json          prints each line as JSON, with time, from and line
  --help          this text`;

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
    dapr: { type: 'boolean', default: false },
    broker: { type: 'string' },
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
  if (!existsSync(values.apps)) {
    throw new UsageError(`no folder '${values.apps}' with apps: use --apps FOLDER`);
  }
  const { broker } = values;
  const dapr = values.dapr || broker !== undefined ? { broker } : undefined;
  const program = chartProgram(values.app);
  if (!isSupervised()) {
    return supervise();
  }
  // The supervisor loads none of it.
  const { runProject } = await import('../dev-project.ts');
  const { apps, reset, json } = values;
  const code = await runProject({
    ...{ program, apps, port, pagePort, dapr, reset, json, environment: positionals[0] },
  });
  // The embedded server's package keeps the process.
  process.exit(code);
}
