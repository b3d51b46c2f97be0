/** `event-platform remove`: an event, topic, consumer or service of a project. */
import { readOptions, UsageError } from '../command-line.ts';
import type { Plan } from '../scaffold/plan.ts';
import { printOutcome } from '../scaffold/print-outcome.ts';
import { type Project, readProject } from '../scaffold/project.ts';
import { planRemoveApp } from '../scaffold/remove-app.ts';
import { planRemoveEvent, planRemoveTopic, type RemoveOptions } from '../scaffold/remove-event.ts';
import type { Rendered } from '../scaffold/rendered.ts';
import { renderBefore, runPlan } from '../scaffold/run-plan.ts';

const HELP = `event-platform remove event|topic|consumer|service NAME [OPTIONS]

Removes the files of an event or app and what the chart declares of it, and names what a running environment keeps:
objects, topics, consumer groups, rows, roles and Secrets, with the commands that remove them. Runs none of these.

What others depend on is refused: an event that a manifest lists, a topic that apps use, and the only publisher of an
event that is received, since the platform could not be rendered without it. Whatever fails leaves every file as it was.

  --force       removes files that git could not bring back
  --chart FILE  the file with new DaprPubSub(…), where several have one
  --dry-run     prints what would be removed
  --json        what was removed, as JSON
  --help        this text`;

type Planner = (
  project: Project,
  options: RemoveOptions,
  before: readonly Rendered[],
) => Promise<Plan>;

const KINDS: Readonly<Record<string, Planner>> = {
  event: planRemoveEvent,
  topic: planRemoveTopic,
  consumer: (project, options, before) => planRemoveApp(project, 'consumer', options, before),
  service: (project, options, before) => planRemoveApp(project, 'service', options, before),
};

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    force: { type: 'boolean', default: false },
    chart: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [kind = '', name, ...more] = positionals;
  const plan = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (plan === undefined || name === undefined || more.length > 0) {
    throw new UsageError(
      `remove takes ${Object.keys(KINDS).join(', ')} and a name, not '${positionals.join(' ')}': event-platform remove --help`,
    );
  }
  if (!/^[a-z0-9]/i.test(name) || /[/\\]|\.\./.test(name)) {
    throw new UsageError(`${kind} '${name}' is not a name: use that of its file or folder`);
  }
  const project = readProject(values.chart);
  const before = await renderBefore();
  const options = { name, force: values.force };
  const outcome = await runPlan(
    project,
    await plan(project, options, before),
    before,
    values['dry-run'],
  );
  printOutcome(outcome, values);
  return 0;
}
