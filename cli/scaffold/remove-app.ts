import ts from 'typescript';
import { UsageError } from '../command-line.ts';
import { removeFromBuild } from './build-script.ts';
import { type Chart, classOf } from './chart.ts';
import { removeWithImports } from './imports.ts';
import { camelCase } from './names.ts';
import { type Plan, planWith } from './plan.ts';
import type { Project } from './project.ts';
import { importedFrom, refuseUncommitted, refuseUsed } from './remove-checks.ts';
import type { RemoveOptions } from './remove-event.ts';
import { appsWith, manifestsOf, type Rendered, topicsOf } from './rendered.ts';
import { findAll, UnknownStructureError } from './source-text.ts';

/** What `remove` calls each construct of an app. */
const KINDS: Readonly<Record<string, string>> = {
  IdempotentConsumer: 'consumer',
  EventProducer: 'service',
  EventService: 'service',
};

/** The statement of a chart that declares an app, by its use of the app's manifest. */
function declarationOf(chart: Chart, manifests: readonly string[]): ts.Statement {
  const { source, body } = chart;
  const found = body.statements.find((statement) =>
    findAll(statement, ts.isNewExpression).some((created) =>
      (created.arguments ?? []).some(
        (argument) =>
          ts.isObjectLiteralExpression(argument) &&
          argument.properties.some(
            (property) =>
              property.name?.getText() === 'manifest' &&
              manifests.includes(
                (ts.isPropertyAssignment(property)
                  ? property.initializer
                  : property.name
                ).getText(),
              ),
          ),
      ),
    ),
  );
  if (found === undefined || classOf(source, found) === undefined) {
    throw new UnknownStructureError(
      `${source.path} declares the app in no statement of its own, as in new EventProducer(platform, …)`,
    );
  }
  return found;
}

/** Refuses to remove the only publisher of an event that others receive. */
function refuseOnlyPublisher(name: string, chart: Chart, before: readonly Rendered[]): void {
  const manifests = manifestsOf(before);
  for (const contract of manifests.get(name)?.publishes ?? []) {
    const receivers = appsWith(manifests, 'subscribes', contract).filter((id) => id !== name);
    const isShared =
      appsWith(manifests, 'publishes', contract).length > 1 ||
      before.flatMap(topicsOf).some((one) => one.name === contract.topic && one.publishedByOthers);
    if (receivers.length > 0 && !isShared) {
      const files = receivers.map((id) => `${chart.appsFolder}/${id}/manifest.ts`);
      throw new Error(
        `service '${name}' alone publishes '${contract.type}', which ${receivers.join(', ')} would wait for (${files.join(', ')}): remove what receives it first, or publish it in another app`,
      );
    }
  }
}

/** Other files that have the name of an app as a text, such as tests of the chart. */
function mentions(project: Project, name: string, declaration: ts.Statement): string[] {
  return [...project.sources.values()]
    .filter(({ path }) => !path.includes(`/${name}/`))
    .flatMap((source) =>
      findAll(source.tree, ts.isStringLiteral)
        .filter(
          (text) =>
            text.text === name &&
            ts.findAncestor(text, (node) => node === declaration) === undefined,
        )
        .map((text) => `${source.placeOf(text)} mentions '${name}'`),
    );
}

/**
 * Plans the removal of an app: its folder, its declaration in the chart, and its place in the script `build`.
 *
 * @param kind what the command line calls it.
 */
export function planRemoveApp(
  project: Project,
  kind: 'consumer' | 'service',
  { name, force }: RemoveOptions,
  before: readonly Rendered[],
): Promise<Plan> {
  return planWith(
    project,
    ({ scope }) => [
      `remove new …(${scope}, '${name}', { manifest: ${camelCase(name)}, … }) and the import of its manifest`,
    ],
    (chart) => {
      const { source, appsFolder } = chart;
      const folder = `${appsFolder}/${name}`;
      if (!project.has(`${folder}/manifest.ts`)) {
        throw new UsageError(`no ${kind} '${name}': there is no ${folder}/manifest.ts`);
      }
      const isOwn = (path: string) => path.startsWith(`${folder}/`);
      const declaration = declarationOf(chart, importedFrom(project, source, isOwn));
      const actual = KINDS[classOf(source, declaration)!] ?? kind;
      if (actual !== kind) {
        throw new UsageError(
          `'${name}' is a ${actual}, not a ${kind}: event-platform remove ${actual} ${name}`,
        );
      }
      refuseOnlyPublisher(name, chart, before);
      refuseUsed(project, `${kind} '${name}'`, isOwn, source, [declaration]);
      if (!force) {
        refuseUncommitted(project.folder, folder);
      }
      removeWithImports(source, [declaration]);
      const build = removeFromBuild(project.folder, folder);
      return {
        created: new Map(),
        edited: build === undefined ? [source] : [source, build],
        removed: [folder],
        notes: mentions(project, name, declaration),
      };
    },
  );
}
