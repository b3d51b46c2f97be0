import { keyIn } from '@cdk8s-event-platform/contracts/internal';
import { literal, member, quoted } from './layout.ts';
import { eventImports, type NewApp, ownImport, RUNTIME, tableOf } from './new-app.ts';
import type { EventFile } from './project.ts';
import { sampleData } from './sample-data.ts';

/** What differs between files of tests. */
interface TestFile {
  readonly events: readonly EventFile[];
  /** Files of the app that it imports, by what each exports. */
  readonly imports: readonly string[];
  /** What the app is made of beside its manifest. */
  readonly parts: string;
  /** Lines between imports and tests. @default - none */
  readonly constants?: string;
  readonly tests: (event: EventFile, index: number) => string;
}

/** A file of tests with one database and one app. */
function testFile(
  app: NewApp,
  { events, imports, parts, constants = '', tests }: TestFile,
): string {
  return `import { createDatabase, TestApp, type TestDatabase } from '${RUNTIME}/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
${[eventImports(app, events), ...imports].join('\n')}
${constants}
let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([manifest]);
  app = new TestApp({ manifest, ${parts} }, database);
});
afterAll(() => database.drop());

${events.map(tests).join('\n')}`;
}

/** The line of a test with data that an event may have. */
function dataLine({ contract }: EventFile): string {
  const line = literal(sampleData(contract).data, 'const data = ', ';', 2);
  return `  ${line.replaceAll('\n', '\n  ')}`;
}

/** The key of the data, as TypeScript. */
function keyText({ contract }: EventFile): string {
  const { key } = contract;
  return typeof key === 'string'
    ? `String(${member('data', key)})`
    : quoted(keyIn(contract, sampleData(contract).data) ?? '');
}

/** Tests of an app's handlers. */
export function handlersTest(app: NewApp): string {
  const select = `SELECT key FROM ${tableOf(app)} WHERE type = $1`;
  return testFile(app, {
    events: app.subscribes,
    imports: [ownImport(app, 'parts', 'handlers'), ownImport(app, 'manifest')],
    parts: '...parts',
    constants: `\n${literal(select, 'const SELECT = ', ';')}\n`,
    tests: (
      event,
      index,
    ) => `test('${event.name} is recorded once, however often it is delivered', async () => {
${dataLine(event)}
  const first = await app.deliver(${event.identifier}, data, { id: '${index + 1}' });
  const second = await app.deliver(${event.identifier}, data, { id: '${index + 1}' });
  expect([first.outcome, second.outcome]).toEqual(['processed', 'duplicate']);
  const { rows } = await database.pool.query(SELECT, [${event.identifier}.type]);
  expect(rows).toEqual([{ key: ${keyText(event)} }]);
});
`,
  });
}

/** Tests of an app's routes. */
export function routesTest(app: NewApp): string {
  const receives = app.subscribes.length > 0;
  return testFile(app, {
    events: app.publishes,
    imports: [
      ...(receives ? [ownImport(app, 'parts', 'handlers')] : []),
      ownImport(app, 'manifest'),
      ownImport(app, 'routes'),
    ],
    parts: receives ? '...parts, routes' : 'routes',
    tests: (event) => `test('${event.name} is accepted and published', async () => {
${dataLine(event)}
  expect((await app.request('POST', '/${event.name}', { body: data })).status).toBe(202);
  expect(await app.published(${event.identifier})).toMatchObject([{ data }]);
});

test('what is not valid as ${event.name} is refused', async () => {
  expect((await app.request('POST', '/${event.name}', { body: {} })).status).toBe(400);
});
`,
  });
}
