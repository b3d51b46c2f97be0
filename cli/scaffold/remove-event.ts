import { UsageError } from '../command-line.ts';
import type { Chart } from './chart.ts';
import { removeWithImports } from './imports.ts';
import { pascalCase } from './names.ts';
import { type Plan, planWith } from './plan.ts';
import { type EventFile, findEvent, type Project } from './project.ts';
import { refuseUncommitted, refuseUsed } from './remove-checks.ts';
import { appsWith, manifestsOf, type Rendered } from './rendered.ts';
import { type DeclaredTopic, declaredTopics } from './topics.ts';

/** What `remove` is called with. */
export interface RemoveOptions {
  readonly name: string;
  /** Whether files go that are not committed. */
  readonly force: boolean;
}

/** Refuses to remove an event that apps publish or receive. @throws Error that names them. */
function refuseInUse(event: EventFile, before: readonly Rendered[], chart: Chart): void {
  const manifests = manifestsOf(before);
  const uses = (['publishes', 'subscribes'] as const).flatMap((list) =>
    appsWith(manifests, list, event.contract).map(
      (appId) => `${chart.appsFolder}/${appId}/manifest.ts lists it under '${list}'`,
    ),
  );
  if (uses.length > 0) {
    throw new Error(
      `event '${event.name}' is in use: ${uses.join('; ')}: take it out there first, or remove the apps`,
    );
  }
}

/** Refuses to remove the sizes of a topic that another event shares. */
function refuseShared(
  { event, statement }: DeclaredTopic,
  events: readonly EventFile[],
  { source }: Chart,
): void {
  const { topic } = event.contract;
  const other = events.find((one) => one !== event && one.contract.topic === topic);
  if (other !== undefined) {
    throw new Error(
      `topic '${topic}' carries ${other.name}, too: declare it with ${other.identifier} in ${source.placeOf(statement)} first`,
    );
  }
}

/** Plans the removal of an event: its contract, and its topic in the chart. */
export function planRemoveEvent(
  project: Project,
  { name, force }: RemoveOptions,
  before: readonly Rendered[],
): Promise<Plan> {
  return planWith(
    project,
    ({ pubSub }) => [`remove ${pubSub}.addTopic(${pascalCase(name)}, …) and its import`],
    async (chart) => {
      const { source, eventsFolder } = chart;
      const events = await project.events(eventsFolder);
      const event = findEvent(events, name);
      const { path } = event;
      refuseInUse(event, before, chart);
      const others = events.filter((one) => one !== event && one.path === path);
      if (others.length > 0) {
        throw new Error(
          `${path} declares ${others.map(({ identifier }) => identifier).join(', ')}, too: remove ${event.identifier} there by hand`,
        );
      }
      const declared = declaredTopics(project, chart, events).filter((one) => one.event === event);
      declared.forEach((one) => refuseShared(one, events, chart));
      const statements = declared.map(({ statement }) => statement);
      refuseUsed(project, `event '${name}'`, (file) => file === path, source, statements);
      if (!force) {
        refuseUncommitted(project.folder, path);
      }
      removeWithImports(source, statements);
      return { created: new Map(), edited: [source], removed: [path], notes: [] };
    },
  );
}

/** Plans the removal of a topic's declaration; its event stays. */
export function planRemoveTopic(
  project: Project,
  { name }: RemoveOptions,
  before: readonly Rendered[],
): Promise<Plan> {
  return planWith(
    project,
    ({ pubSub }) => [`remove ${pubSub}.addTopic(…) of topic '${name}'`],
    async (chart) => {
      const { source, eventsFolder } = chart;
      const declared = declaredTopics(project, chart, await project.events(eventsFolder));
      const found = declared.find(({ event }) => event.contract.topic === name);
      if (found === undefined) {
        const names = declared.map(({ event }) => event.contract.topic).join(', ');
        throw new UsageError(
          `${source.path} does not declare topic '${name}': ${names === '' ? 'it declares none' : `use ${names}`}`,
        );
      }
      const apps = appsOnTopic(name, before);
      if (apps.length > 0) {
        throw new Error(
          `topic '${name}' is in use by ${apps.join(', ')}, and would get the broker's own sizes: remove these apps first, or change ${source.placeOf(found.statement)}`,
        );
      }
      removeWithImports(source, [found.statement]);
      return { created: new Map(), edited: [source], removed: [], notes: [] };
    },
  );
}

/** Ids of the apps that publish to a topic or receive it. */
function appsOnTopic(name: string, before: readonly Rendered[]): string[] {
  return [...manifestsOf(before).values()]
    .filter(({ publishes = [], subscribes = [] }) =>
      [...publishes, ...subscribes].some(({ topic }) => topic === name),
    )
    .map(({ appId }) => appId);
}
