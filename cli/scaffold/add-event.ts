import { contractProblems } from '@cdk8s-event-platform/contracts/internal';
import { UsageError } from '../command-line.ts';
import { topicPlace } from './chart.ts';
import { eventText, newContract, type NewEvent, typePrefix } from './event-text.ts';
import { pascalCase } from './names.ts';
import { type Plan, planWith, withLineEnds } from './plan.ts';
import type { EventFile, Project } from './project.ts';
import { importEvent, topicStatement } from './topics.ts';

/** Options of `add event`. */
export interface AddEventOptions extends NewEvent {
  readonly partitions?: number | undefined;
}

/** Refuses an event that the project has in another file, and a contract that is not valid. */
function checkEvent(
  project: Project,
  path: string,
  event: Omit<EventFile, 'path'>,
  known: readonly EventFile[],
): void {
  const { identifier, contract } = event;
  const taken = known.find(
    (other) => other.identifier === identifier || other.contract.type === contract.type,
  );
  if (taken !== undefined || project.has(path)) {
    throw new UsageError(
      `event '${event.name}' is there already, in ${taken?.path ?? path}: choose another name`,
    );
  }
  const problems = contractProblems(contract);
  if (problems.length > 0) {
    throw new UsageError(`event '${event.name}' is not valid:\n- ${problems.join('\n- ')}`);
  }
}

/** Plans a new event: its contract, and its topic in the chart, unless another event has declared that. */
export function planAddEvent(project: Project, options: AddEventOptions): Promise<Plan> {
  const { name, partitions } = options;
  const identifier = pascalCase(name);
  const sizes = { partitions };
  return planWith(
    project,
    ({ pubSub }) => [
      `import { ${identifier} } from '…/events/${name}.ts';`,
      topicStatement({ pubSub, event: identifier, ...sizes }),
    ],
    async (chart) => {
      const { source, eventsFolder, pubSub } = chart;
      const known = await project.events(eventsFolder);
      const contract = newContract(options, typePrefix(known));
      const path = `${eventsFolder}/${name}.ts`;
      checkEvent(project, path, { name, identifier, contract }, known);
      const created = withLineEnds(new Map([[path, eventText(name, contract)]]), source);
      const sharing = known.find((other) => other.contract.topic === contract.topic);
      if (sharing !== undefined) {
        if (partitions !== undefined) {
          throw new UsageError(
            `topic '${contract.topic}' is that of ${sharing.path}, too: leave --partitions out, and change its declaration in ${source.path}`,
          );
        }
        const note = `topic '${contract.topic}' carries ${sharing.name}, too: its consumers acknowledge what they do not handle`;
        return { created, edited: [], removed: [], notes: [note] };
      }
      const event = importEvent(project, chart, { name, identifier, contract, path });
      source.insertAfter(topicPlace(chart), topicStatement({ pubSub, event, ...sizes }));
      return { created, edited: [source], removed: [], notes: [] };
    },
  );
}
