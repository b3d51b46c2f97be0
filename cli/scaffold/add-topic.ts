import { UsageError } from '../command-line.ts';
import { topicPlace } from './chart.ts';
import { addNamedImport } from './imports.ts';
import { pascalCase } from './names.ts';
import { type Plan, planWith } from './plan.ts';
import { findEvent, type Project } from './project.ts';
import { declaredTopics, importEvent, isForGood, topicStatement } from './topics.ts';

/** Options of `add topic`. */
export interface AddTopicOptions {
  readonly name: string;
  /** Name of an event whose contract has the topic. */
  readonly event: string;
  readonly partitions?: number | undefined;
  readonly retention?: string | undefined;
  /** Whether another team provides it. */
  readonly imported: boolean;
}

/** Plans the declaration of a topic that a contract names. */
export function planAddTopic(project: Project, options: AddTopicOptions): Promise<Plan> {
  const { name, event: eventName, partitions, retention, imported } = options;
  const sizes = { partitions, retention, imported };
  const timed = retention !== undefined && !isForGood(retention);
  return planWith(
    project,
    ({ pubSub }) => [
      ...(timed ? ["import { Duration } from 'cdk8s';"] : []),
      topicStatement({ pubSub, event: pascalCase(eventName), ...sizes }),
    ],
    async (chart) => {
      const { source, pubSub, eventsFolder } = chart;
      const events = await project.events(eventsFolder);
      const event = findEvent(events, eventName);
      const { contract, path } = event;
      if (contract.topic !== name) {
        throw new UsageError(
          `event '${eventName}' goes to topic '${contract.topic}', not '${name}': a contract names one topic, in ${path}`,
        );
      }
      const declared = declaredTopics(project, chart, events).find(
        (one) => one.event.contract.topic === name,
      );
      if (declared !== undefined) {
        throw new UsageError(
          `topic '${name}' is declared already, in ${source.placeOf(declared.statement)}: change it there`,
        );
      }
      const duration = timed && { duration: addNamedImport(source, 'cdk8s', 'Duration') };
      const imports = importEvent(project, chart, event);
      const statement = topicStatement({ pubSub, event: imports, ...sizes, ...duration });
      source.insertAfter(topicPlace(chart), statement);
      return { created: new Map(), edited: [source], removed: [], notes: [] };
    },
  );
}
