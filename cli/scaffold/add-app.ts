import { type EventContract } from '@cdk8s-event-platform/contracts';
import { manifestProblems } from '@cdk8s-event-platform/contracts/internal';
import { UsageError } from '../command-line.ts';
import { appTexts } from './app-text.ts';
import { addToBuild } from './build-script.ts';
import { appPlace, type Chart } from './chart.ts';
import { addImport, addNamedImport } from './imports.ts';
import { layout } from './layout.ts';
import { camelCase } from './names.ts';
import type { NewApp } from './new-app.ts';
import { type ChartNames, freeName, type Plan, planWith, withLineEnds } from './plan.ts';
import { type EventFile, findEvent, moduleFrom, type Project } from './project.ts';
import { appsWith, manifestsOf, type Rendered, topicsOf } from './rendered.ts';
import { sampleData } from './sample-data.ts';
import { UnknownStructureError } from './source-text.ts';

/** Options of `add consumer` and `add service`. */
export interface AddAppOptions {
  readonly name: string;
  /** Names of events. */
  readonly publishes: readonly string[];
  /** Names of events. */
  readonly subscribes: readonly string[];
}

/** The construct that an app is declared as. */
function constructOf({ publishes, subscribes }: AddAppOptions): string {
  if (publishes.length === 0) {
    return 'IdempotentConsumer';
  }
  return subscribes.length === 0 ? 'EventProducer' : 'EventService';
}

/** The statement that declares an app. @param manifest what the chart calls its manifest. */
function appStatement(
  options: AddAppOptions,
  names: ChartNames,
  construct: string,
  manifest: string,
): string {
  const { scope, pubSub, database, deadLetters } = names;
  const property = (name: string, value: string) => (name === value ? name : `${name}: ${value}`);
  const receives = options.subscribes.length > 0;
  const properties = [
    property('manifest', manifest),
    property('pubSub', pubSub),
    ...(database === undefined ? [] : [property('database', database)]),
    ...(receives && deadLetters !== undefined ? [property('deadLetters', deadLetters)] : []),
  ];
  return layout(`new ${construct}(${scope}, '${options.name}', {`, properties, '});', 2);
}

/** Refuses an app id that is taken or not valid, and an event that nothing publishes. */
function checkApp(
  name: string,
  publishes: readonly EventFile[],
  subscribes: readonly EventFile[],
  before: readonly Rendered[],
): void {
  const manifests = manifestsOf(before);
  if (manifests.has(name)) {
    throw new UsageError(`an app '${name}' is there already: choose another name`);
  }
  const problems = manifestProblems({ appId: name, description: name, port: 8080 });
  if (problems.length > 0) {
    throw new UsageError(problems.join('\n'));
  }
  const isPublished = (contract: EventContract) =>
    appsWith(manifests, 'publishes', contract).length > 0 ||
    before.flatMap(topicsOf).some((one) => one.name === contract.topic && one.publishedByOthers);
  const unpublished = subscribes.find(
    (event) => !publishes.includes(event) && !isPublished(event.contract),
  );
  if (unpublished !== undefined) {
    throw new UsageError(
      `no app publishes '${unpublished.name}': list ${unpublished.identifier} under 'publishes' of a manifest, or event-platform add service NAME --publishes ${unpublished.name}, first`,
    );
  }
}

/** A number above that of every migration: they are applied in the order of their numbers. */
function nextMigration(before: readonly Rendered[]): string {
  const numbers = [...manifestsOf(before).values()]
    .flatMap(({ migrations = [] }) => migrations.map(({ name }) => Number.parseInt(name, 10)))
    .filter(Number.isInteger);
  return String(Math.max(99, ...numbers) + 1).padStart(4, '0');
}

/** Declares an app in a chart. */
function declareApp(project: Project, chart: Chart, options: AddAppOptions, path: string): void {
  const { source } = chart;
  const { name } = options;
  if (chart.database === undefined) {
    throw new UnknownStructureError(
      `${source.path} has no variable with the database, as in const database = new PostgresDatabase(…)`,
    );
  }
  const manifest = freeName(source, camelCase(name), 'App');
  const construct = addNamedImport(source, 'cdk8s-event-platform', constructOf(options));
  addImport(source, project.moduleFor(source, path), `{ manifest as ${manifest} }`);
  source.insertAfter(appPlace(chart), appStatement(options, chart, construct, manifest));
}

/** What is left to do by hand in the files of an app. */
function notesOf(app: NewApp, folder: string): string[] {
  return [
    ...new Set(
      [...app.publishes, ...app.subscribes].filter((event) => !sampleData(event.contract).isValid),
    ),
  ].map(
    ({ name, path }) =>
      `the tests in ${folder} need data of '${name}' that its schema in ${path} allows`,
  );
}

/**
 * Plans a new app: its folder, its declaration in the chart, and its place in the script `build`.
 *
 * @param before the platform as it is.
 */
export function planAddApp(
  project: Project,
  options: AddAppOptions,
  before: readonly Rendered[],
): Promise<Plan> {
  const { name } = options;
  return planWith(
    project,
    (names) => [
      `import { ${constructOf(options)} } from 'cdk8s-event-platform';`,
      `import { manifest as ${camelCase(name)} } from '…/${name}/manifest.ts';`,
      appStatement(options, names, constructOf(options), camelCase(name)),
    ],
    async (chart) => {
      const { source, appsFolder, eventsFolder } = chart;
      const events = await project.events(eventsFolder);
      const find = (list: readonly string[]) => list.map((event) => findEvent(events, event));
      const subscribes = find(options.subscribes);
      const publishes = find(options.publishes);
      checkApp(name, publishes, subscribes, before);
      const folder = `${appsFolder}/${name}`;
      if (project.has(folder)) {
        throw new UsageError(`folder '${folder}' is there already: choose another name`);
      }
      const path = `${folder}/manifest.ts`;
      const moduleFor = project.moduleFor(source, path);
      const extension = moduleFor.slice(moduleFor.lastIndexOf('manifest') + 'manifest'.length);
      const app: NewApp = {
        name,
        publishes,
        subscribes,
        migration: nextMigration(before),
        extension,
        moduleOf: (event) => moduleFrom(path, event.path, extension),
      };
      const texts = [...appTexts(app)].map(([file, text]) => [`${folder}/${file}`, text] as const);
      declareApp(project, chart, options, path);
      const build = addToBuild(project.folder, folder);
      return {
        created: withLineEnds(new Map(texts), source),
        edited: build === undefined ? [source] : [source, build],
        removed: [],
        notes: [
          ...notesOf(app, folder),
          ...(build === undefined
            ? [`no script 'build' of package.json bundles apps: event-platform build ${folder}`]
            : []),
        ],
      };
    },
  );
}
