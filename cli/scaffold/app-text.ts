import { layout, literal, member, quoted } from './layout.ts';
import type { EventFile } from './project.ts';
import { sampleData } from './sample-data.ts';

/** What a new app is made from. */
export interface NewApp {
  /** App id, e.g. `shipping`. */
  readonly name: string;
  readonly publishes: readonly EventFile[];
  readonly subscribes: readonly EventFile[];
  /** Number of its migration, e.g. `0101`. */
  readonly migration: string;
  /** How its files import those of events. */
  readonly moduleOf: (event: EventFile) => string;
  /** Extension that its files import each other with, e.g. `.ts`. */
  readonly extension: string;
}

const RUNTIME = '@cdk8s-event-platform/runtime';

/** Imports of events, a line for each file. */
function eventImports(app: NewApp, events: readonly EventFile[]): string {
  const modules = Map.groupBy(events, app.moduleOf);
  return [...modules]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([module, found]) =>
      layout('import {', found.map(({ identifier }) => identifier).sort(), `} from '${module}';`),
    )
    .join('\n');
}

function own(app: NewApp, names: string, file: string): string {
  return `import { ${names} } from './${file}${app.extension}';`;
}

function tableOf({ name }: NewApp): string {
  return `${name.replaceAll('-', '_')}_events`;
}

function names(events: readonly EventFile[]): string {
  return events.map(({ contract }) => contract.topic).join(', ');
}

function manifestText(app: NewApp): string {
  const { name, publishes, subscribes, migration } = app;
  const list = (property: string, events: readonly EventFile[]) =>
    events.length === 0
      ? []
      : [
          layout(
            `${property}: [`,
            events.map(({ identifier }) => identifier),
            ']',
            3,
          ),
        ];
  const description = [
    ...(publishes.length > 0
      ? [`Takes requests over HTTP and publishes ${names(publishes)}.`]
      : []),
    ...(subscribes.length > 0 ? [`Records each event of ${names(subscribes)} once.`] : []),
  ].join(' ');
  const table = {
    name: `${migration}-${name}-events`,
    sql: `CREATE TABLE ${tableOf(app)} (type text NOT NULL, key text NOT NULL)`,
  };
  const properties = [
    `appId: ${quoted(name)}`,
    literal(description, 'description: ', '', 2),
    'port: 8080',
    ...list('publishes', publishes),
    ...list('subscribes', subscribes),
    ...(publishes.length > 0 && subscribes.length > 0 ? ['serves: true'] : []),
    ...(subscribes.length > 0 ? [literal([table], 'migrations: ', '', 2)] : []),
  ];
  return `import { defineApp } from '@cdk8s-event-platform/contracts';
${eventImports(app, [...new Set([...publishes, ...subscribes])])}

export const manifest = ${['defineApp({', ...properties.map((text) => `  ${text.replaceAll('\n', '\n  ')},`), '});'].join('\n')}
`;
}

function handlersText(app: NewApp): string {
  const handlers = app.subscribes.map(({ identifier, contract }) => {
    const values = ['type', member('data', contract.key)];
    const insert = `await tx.query('INSERT INTO ${tableOf(app)} VALUES ($1, $2)', [`;
    const query = layout(insert, values, ']);', 6).replaceAll('\n', '\n      ');
    return `    each(${identifier}, async (tx, { type, data }) => {\n      ${query}\n    }),\n`;
  });
  return `import { each, type ServiceParts } from '${RUNTIME}';
${eventImports(app, app.subscribes)}

/** What a handler writes commits with the record of its event: a redelivery changes nothing. */
export const parts: ServiceParts = {
  on: [
${handlers.join('')}  ],
};
`;
}

function routesText(app: NewApp): string {
  const routes = app.publishes.map(
    ({
      name,
      identifier,
    }) => `  api.post('/${name}', { body: ${identifier}.schema }, async (tx, { body }) => {
    await tx.publish(${identifier}, body as EventData<typeof ${identifier}>);
    return answer(202);
  });
`,
  );
  return `import type { EventData } from '@cdk8s-event-platform/contracts';
import { type Api, answer } from '${RUNTIME}';
${eventImports(app, app.publishes)}

/** An event is committed with the answer, and published from there, whether or not the broker is up. */
export function routes(api: Api): void {
${routes.join('')}}
`;
}

/** The file of tests with one database and one app. @param what the app is made of beside its manifest. */
function testText(
  app: NewApp,
  events: readonly EventFile[],
  imports: readonly string[],
  what: string,
  tests: (event: EventFile, data: string, index: number) => string,
): string {
  return `import { createDatabase, TestApp, type TestDatabase } from '${RUNTIME}/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
${[eventImports(app, events), ...imports].join('\n')}

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([manifest]);
  app = new TestApp({ manifest, ${what} }, database);
});
afterAll(() => database.drop());

${events
  .map((event, index) => {
    const data = literal(sampleData(event.contract).data, 'const data = ', ';', 2);
    return tests(event, `  ${data.replaceAll('\n', '\n  ')}`, index);
  })
  .join('\n')}`;
}

function handlersTestText(app: NewApp): string {
  const imports = [own(app, 'parts', 'handlers'), own(app, 'manifest', 'manifest')];
  const query = `'SELECT key FROM ${tableOf(app)} WHERE type = $1'`;
  return testText(
    app,
    app.subscribes,
    imports,
    '...parts',
    ({ name, identifier, contract }, data, index) => {
      const rows = layout(
        `const { rows } = await database.pool.query(${query}, [`,
        [`${identifier}.type`],
        ']);',
        2,
      );
      return `test('${name} is recorded once, however often it is delivered', async () => {
${data}
  const first = await app.deliver(${identifier}, data, { id: '${index + 1}' });
  const second = await app.deliver(${identifier}, data, { id: '${index + 1}' });
  expect([first.outcome, second.outcome]).toEqual(['processed', 'duplicate']);
  ${rows.replaceAll('\n', '\n  ')}
  expect(rows).toEqual([{ key: String(${member('data', contract.key)}) }]);
});
`;
    },
  );
}

function routesTestText(app: NewApp): string {
  const receives = app.subscribes.length > 0;
  const imports = [
    ...(receives ? [own(app, 'parts', 'handlers')] : []),
    own(app, 'manifest', 'manifest'),
    own(app, 'routes', 'routes'),
  ];
  return testText(
    app,
    app.publishes,
    imports,
    receives ? '...parts, routes' : 'routes',
    ({ name, identifier }, data) => `test('${name} is accepted and published', async () => {
${data}
  expect((await app.request('POST', '/${name}', { body: data })).status).toBe(202);
  expect(await app.published(${identifier})).toMatchObject([{ data }]);
});

test('what is not valid as ${name} is refused', async () => {
  expect((await app.request('POST', '/${name}', { body: {} })).status).toBe(400);
});
`,
  );
}

function mainText(app: NewApp): string {
  const { publishes, subscribes } = app;
  const receives = subscribes.length > 0;
  const parts = [
    ...(receives ? [own(app, 'parts', 'handlers')] : []),
    own(app, 'manifest', 'manifest'),
    ...(publishes.length > 0 ? [own(app, 'routes', 'routes')] : []),
  ];
  const start = receives ? 'startService' : 'startProducer';
  const both = publishes.length > 0 ? '{ ...parts, routes }' : 'parts';
  return `import { ${start} } from '${RUNTIME}';
${parts.join('\n')}

${start}(manifest, ${receives ? both : 'routes'});
`;
}

/** Files of a new app by their names. */
export function appTexts(app: NewApp): Map<string, string> {
  return new Map([
    ['manifest.ts', manifestText(app)],
    ...(app.subscribes.length > 0
      ? ([
          ['handlers.ts', handlersText(app)],
          ['handlers.test.ts', handlersTestText(app)],
        ] as const)
      : []),
    ...(app.publishes.length > 0
      ? ([
          ['routes.ts', routesText(app)],
          ['routes.test.ts', routesTestText(app)],
        ] as const)
      : []),
    ['main.ts', mainText(app)],
  ]);
}
