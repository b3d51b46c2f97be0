import { handlersTest, routesTest } from './app-tests.ts';
import { layout, literal, member, quoted } from './layout.ts';
import { eventImports, type NewApp, ownImport, RUNTIME, tableOf } from './new-app.ts';
import type { EventFile } from './project.ts';

function names(events: readonly EventFile[]): string {
  return events.map(({ contract }) => contract.topic).join(', ');
}

function manifestText(app: NewApp): string {
  const { name, publishes, subscribes, migration } = app;
  const list = (property: string, events: readonly EventFile[]) => {
    const identifiers = events.map(({ identifier }) => identifier);
    // Behind two spaces, and in front of a comma.
    return events.length === 0 ? [] : [layout(`${property}: [`, identifiers, ']', 3)];
  };
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

${layout('export const manifest = defineApp({', properties, '});')}
`;
}

function handlersText(app: NewApp): string {
  const handlers = app.subscribes.map(({ identifier, contract }) => {
    const key =
      typeof contract.key === 'string'
        ? member('data', contract.key)
        : `eventKey(${identifier}, data)`;
    const query = `await tx.query(RECORD, [type, ${key}]);`;
    return `    each(${identifier}, async (tx, { type, data }) => {\n      ${query}\n    }),\n`;
  });
  const isComposite = app.subscribes.some(({ contract }) => typeof contract.key !== 'string');
  return `${isComposite ? "import { eventKey } from '@cdk8s-event-platform/contracts';\n" : ''}import { each, type ServiceParts } from '${RUNTIME}';
${eventImports(app, app.subscribes)}

${literal(`INSERT INTO ${tableOf(app)} VALUES ($1, $2)`, 'const RECORD = ', ';')}

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

function mainText(app: NewApp): string {
  const { publishes, subscribes } = app;
  const receives = subscribes.length > 0;
  const parts = [
    ...(receives ? [ownImport(app, 'parts', 'handlers')] : []),
    ownImport(app, 'manifest'),
    ...(publishes.length > 0 ? [ownImport(app, 'routes')] : []),
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
  return new Map(
    Object.entries({
      'manifest.ts': manifestText(app),
      ...(app.subscribes.length > 0 && {
        'handlers.ts': handlersText(app),
        'handlers.test.ts': handlersTest(app),
      }),
      ...(app.publishes.length > 0 && {
        'routes.ts': routesText(app),
        'routes.test.ts': routesTest(app),
      }),
      'main.ts': mainText(app),
    }),
  );
}
