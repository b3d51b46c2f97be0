/** `npm run dev`: a system of this repository on this machine. */
import { join } from 'node:path';
import { tsImport } from 'tsx/esm/api';
import { SYSTEMS } from '../charts/systems.ts';
import { command } from '../cli/command.ts';
import { readOptions, UsageError } from '../cli/command-line.ts';
import { devOutput } from '../cli/dev-output.ts';
import { runDev } from '../cli/run-dev.ts';
import { isSupervised, supervise } from '../cli/supervise.ts';
import { programOf } from '../dev/index.ts';

const HELP = `npm run dev [-- SYSTEM]

Runs the local environment of a system (default: tasks) by \`event-platform dev\`, from the sources in app-images/.

  --dapr          delivers by the real daprd of this machine, from a broker that runs already
  --broker NAME   that broker, as kafka or kafka=HOST:PORT (default: at its usual port here)
  --reset   begins with an empty database
  --json    prints each line as JSON, with time, from and line
  --help    this text`;

await command('dev', async () => {
  const { values, positionals } = readOptions(process.argv.slice(2), {
    dapr: { type: 'boolean', default: false },
    broker: { type: 'string' },
    reset: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const [name = 'tasks'] = positionals;
  const system = SYSTEMS[name];
  if (system === undefined) {
    throw new UsageError(`no system '${name}': use ${Object.keys(SYSTEMS).join(', ')}`);
  }
  const root = join(import.meta.dirname, '..');
  const programs = Object.entries(system.images).map(
    ([appId, folder]) => [appId, programOf(join(root, 'app-images', folder))!] as const,
  );
  if (!isSupervised()) {
    process.exit(await supervise());
  }
  const chart = join(root, 'charts', 'systems.ts');
  const code = await runDev({
    platform: system.environments.local!(),
    program: chart,
    declare: async () => {
      const changed = (await tsImport(chart, import.meta.url)) as { SYSTEMS: typeof SYSTEMS };
      return changed.SYSTEMS[name]!.environments.local!();
    },
    programs: new Map(programs),
    folder: join(root, '.event-platform', name),
    reset: values.reset,
    dapr: values.dapr || values.broker !== undefined ? { broker: values.broker } : undefined,
    print: devOutput(values.json),
  });
  // The embedded server's package keeps the process.
  process.exit(code);
});
