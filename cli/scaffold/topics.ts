import ts from 'typescript';
import { type Chart, topicCallOf } from './chart.ts';
import { addImport, exportedName, importedNames } from './imports.ts';
import { layout } from './layout.ts';
import { freeName } from './plan.ts';
import type { EventFile, Project } from './project.ts';
import { findAll } from './source-text.ts';

/** Units of a retention on the command line, by their letters. */
const UNITS: Readonly<Record<string, string>> = { m: 'minutes', h: 'hours', d: 'days' };

/** What a topic is declared with. */
export interface TopicStatement {
  /** Names in the chart. */
  readonly pubSub: string;
  readonly event: string;
  readonly partitions?: number | undefined;
  /** A number and a unit, e.g. `30d`, or a word for good. */
  readonly retention?: string | undefined;
  /** What the chart calls cdk8s' `Duration`. @default 'Duration' */
  readonly duration?: string;
  /** Whether another team provides the topic. @default false */
  readonly imported?: boolean;
}

/** Whether a text is a retention. */
export function isRetention(text: string): boolean {
  return isForGood(text) || /^[1-9]\d{0,5}[mhd]$/.test(text);
}

/** Whether a retention has no end. */
export function isForGood(retention: string): boolean {
  return ['unlimited', 'compacted'].includes(retention);
}

function retentionCode(retention: string, duration: string): string {
  return isForGood(retention)
    ? `'${retention}'`
    : `${duration}.${UNITS[retention.at(-1)!]!}(${retention.slice(0, -1)})`;
}

/** The statement that declares a topic in a chart. */
export function topicStatement(options: TopicStatement): string {
  const { pubSub, event, partitions, retention, duration = 'Duration', imported } = options;
  const sizes = [
    ...(partitions === undefined ? [] : [`partitions: ${partitions}`]),
    ...(retention === undefined ? [] : [`retention: ${retentionCode(retention, duration)}`]),
  ];
  const call = `${pubSub}.${imported === true ? 'importTopic' : 'addTopic'}(${event}`;
  return sizes.length === 0 ? `${call});` : layout(`${call}, {`, sizes, '});', 2);
}

/** The statement of a chart that declares the topic of an event. */
export interface DeclaredTopic {
  readonly statement: ts.ExpressionStatement;
  readonly event: EventFile;
}

/** Names that a file imports from that of an event. */
function namesOf(project: Project, chart: Chart, { path, identifier }: EventFile) {
  return importedNames(chart.source, (module) => project.resolve(chart.source, module) === path)
    .filter((specifier) => exportedName(specifier) === identifier)
    .map(({ name }) => name.text);
}

/** The topics that a chart declares of events of the project. */
export function declaredTopics(
  project: Project,
  chart: Chart,
  events: readonly EventFile[],
): DeclaredTopic[] {
  return findAll(chart.source.tree, ts.isExpressionStatement).flatMap((statement) => {
    const argument = topicCallOf(statement)?.arguments[0]?.getText();
    const event = events.find(
      (one) => argument !== undefined && namesOf(project, chart, one).includes(argument),
    );
    return event === undefined ? [] : [{ statement, event }];
  });
}

/** Imports an event into a chart. @returns what the chart calls it. */
export function importEvent(project: Project, chart: Chart, event: EventFile): string {
  const { source } = chart;
  const [known] = namesOf(project, chart, event);
  if (known !== undefined) {
    return known;
  }
  const name = freeName(source, event.identifier, 'Event');
  const names = name === event.identifier ? name : `${event.identifier} as ${name}`;
  addImport(source, project.moduleFor(source, event.path), `{ ${names} }`);
  return name;
}
