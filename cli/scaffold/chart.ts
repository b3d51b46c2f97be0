import { posix } from 'node:path';
import ts from 'typescript';
import { exportedName, importsOf, moduleOf } from './imports.ts';
import type { Project } from './project.ts';
import { findAll, type SourceText, UnknownStructureError } from './source-text.ts';

/** Constructs that are apps, by how a chart declares them. */
const APPS: ReadonlySet<string> = new Set([
  'DeadLetterProcessor',
  'EventApp',
  'EventProducer',
  'EventService',
  'IdempotentConsumer',
]);

type Statements = ts.Block | ts.SourceFile;

/** Where the platform is declared, and what it calls its parts. */
export interface Chart {
  readonly source: SourceText;
  /** Statements of the platform. */
  readonly body: Statements;
  /** What the constructs' scope is called. */
  readonly scope: string;
  readonly pubSub: string;
  /** @default - no database */
  readonly database?: string;
  /** What collects dead letters. @default - nothing */
  readonly deadLetters?: string;
  /** Folder with the contracts. */
  readonly eventsFolder: string;
  /** Folder with a folder for each app. */
  readonly appsFolder: string;
}

/** What a file calls an export of the platform's package, by the name of the export. */
function localNames(source: SourceText): Map<string, string> {
  const specifiers = importsOf(source)
    .filter((declaration) => moduleOf(declaration) === 'cdk8s-event-platform')
    .flatMap((declaration) => findAll(declaration, ts.isImportSpecifier));
  return new Map(specifiers.map((found) => [found.name.text, exportedName(found)]));
}

/** The construct that a statement creates: its class, and its variable. */
function createdBy(
  statement: ts.Statement,
): { created: ts.NewExpression; variable?: string } | undefined {
  if (ts.isExpressionStatement(statement) && ts.isNewExpression(statement.expression)) {
    return { created: statement.expression };
  }
  const [declaration, ...others] = ts.isVariableStatement(statement)
    ? statement.declarationList.declarations
    : [];
  return others.length === 0 &&
    declaration?.initializer !== undefined &&
    ts.isNewExpression(declaration.initializer) &&
    ts.isIdentifier(declaration.name)
    ? { created: declaration.initializer, variable: declaration.name.text }
    : undefined;
}

/** Class of the platform's package that a statement creates an object of. */
export function classOf(source: SourceText, statement: ts.Statement): string | undefined {
  const created = createdBy(statement)?.created.expression;
  return created === undefined ? undefined : localNames(source).get(created.getText());
}

function variableOf(source: SourceText, body: Statements, name: string): string | undefined {
  const found = body.statements.find((statement) => classOf(source, statement) === name);
  return found === undefined ? undefined : createdBy(found)?.variable;
}

/** The call of `addTopic` or `importTopic` that a statement is. */
export function topicCallOf(statement: ts.Statement): ts.CallExpression | undefined {
  const call = ts.isExpressionStatement(statement) ? statement.expression : undefined;
  return call !== undefined &&
    ts.isCallExpression(call) &&
    ts.isPropertyAccessExpression(call.expression) &&
    ['addTopic', 'importTopic'].includes(call.expression.name.text)
    ? call
    : undefined;
}

/** The folder that files of a project are imported from, by the form of their paths. */
function folderOf(project: Project, source: SourceText, form: RegExp): string | undefined {
  return importsOf(source)
    .map((declaration) => project.resolve(source, moduleOf(declaration)) ?? '')
    .map((path) => form.exec(path)?.[1])
    .find((folder) => folder !== undefined);
}

/** Folder with the contracts that a chart declares topics of. */
function eventsFolderOf(project: Project, source: SourceText): string | undefined {
  const contracts = findAll(source.tree, ts.isExpressionStatement)
    .flatMap((statement) => topicCallOf(statement)?.arguments[0]?.getText() ?? [])
    .flatMap((name) =>
      importsOf(source).filter((declaration) =>
        findAll(declaration, ts.isImportSpecifier).some((found) => found.name.text === name),
      ),
    )
    .flatMap((declaration) => project.resolve(source, moduleOf(declaration)) ?? []);
  return contracts.map((path) => posix.dirname(path))[0];
}

/**
 * Finds where a project declares its platform: the function, or module, with `const … = new DaprPubSub(…)`.
 *
 * @throws UnknownStructureError when that is in no file, or in more than one place.
 */
export function findChart(project: Project): Chart {
  const isChart = ({ path }: SourceText) =>
    project.chart === undefined ? !/\.(test|spec)\.[^.]+$/.test(path) : path === project.chart;
  const found = [...project.sources.values()].flatMap((source) =>
    !isChart(source)
      ? []
      : findAll(source.tree, isStatements).flatMap((body) =>
          body.statements
            .filter((statement) => classOf(source, statement) === 'DaprPubSub')
            .map((statement) => ({ source, body, statement })),
        ),
  );
  const [first, ...others] = found;
  const pubSub = first === undefined ? undefined : createdBy(first.statement);
  const scope = pubSub?.created.arguments?.[0]?.getText();
  if (first === undefined || pubSub?.variable === undefined || scope === undefined) {
    throw new UnknownStructureError(
      'no file has a variable with the pub/sub component, as in const pubSub = new DaprPubSub(platform, …)',
    );
  }
  if (others.length > 0) {
    const places = found.map(({ source, statement }) => source.placeOf(statement));
    throw new UnknownStructureError(
      `there are several pub/sub components (${places.join(', ')}), and --chart FILE chooses a file with one`,
    );
  }
  const { source, body } = first;
  const database = variableOf(source, body, 'PostgresDatabase');
  const deadLetters = variableOf(source, body, 'DeadLetterProcessor');
  return {
    source,
    body,
    scope,
    pubSub: pubSub.variable,
    ...(database !== undefined && { database }),
    ...(deadLetters !== undefined && { deadLetters }),
    eventsFolder: eventsFolderOf(project, source) ?? 'events',
    appsFolder: folderOf(project, source, /^(?:(.+)\/)?[^/]+\/manifest\.[^./]+$/) ?? 'apps',
  };
}

function isStatements(node: ts.Node): node is Statements {
  return ts.isBlock(node) || ts.isSourceFile(node);
}

/** The statement that a topic is declared behind: the last topic, or the pub/sub component. */
export function topicPlace({ source, body }: Chart): ts.Statement {
  return body.statements.findLast(
    (statement) =>
      topicCallOf(statement) !== undefined || classOf(source, statement) === 'DaprPubSub',
  )!;
}

/** The statement that an app is declared behind: the last app, or whatever an app is given. */
export function appPlace({ source, body }: Chart): ts.Statement {
  return body.statements.findLast(
    (statement) =>
      topicCallOf(statement) !== undefined ||
      ['DaprPubSub', 'PostgresDatabase', ...APPS].includes(classOf(source, statement) ?? ''),
  )!;
}
