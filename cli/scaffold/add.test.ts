import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { check } from 'prettier';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../command-line.ts';
import { planAddApp } from './add-app.ts';
import { planAddEvent } from './add-event.ts';
import { planAddTopic } from './add-topic.ts';
import type { Plan } from './plan.ts';
import { readProject } from './project.ts';
import { renderAll } from './rendered.ts';
import { TestProject } from './testing/test-project.ts';

const CHART = 'charts/platform.ts';

let project: TestProject;
beforeEach(() => {
  project = new TestProject();
});
afterEach(() => project.remove());

/** Files of the project after a call that must leave them as they were. */
async function refused(...args: readonly string[]): Promise<Error> {
  const before = project.files();
  const { error, output } = await project.call(...args);
  expect(project.files()).toEqual(before);
  expect(output).toBe('');
  return error!;
}

describe('add event', () => {
  it('writes a contract with the prefix of the others, and declares its topic', async () => {
    const before = project.read(CHART);
    await project.run(
      'add',
      'event',
      'order-shipped',
      '--key',
      'customer_id',
      '--partitions',
      '12',
    );
    expect(project.read('events/order-shipped.ts')).toMatchInlineSnapshot(`
      "import { defineEvent } from '@cdk8s-event-platform/contracts';

      /** Topic, partitions, rights, alerts and the check of its data follow from this contract. */
      export const OrderShipped = defineEvent({
        type: 'com.example.order.shipped',
        version: '1.0.0',
        topic: 'order-shipped',
        key: 'customer_id', // events with the same value keep their order
        description: 'An order was shipped.',
        schema: {
          type: 'object',
          required: ['order_id', 'customer_id'],
          additionalProperties: false,
          properties: {
            order_id: { type: 'string', maxLength: 64 },
            customer_id: { type: 'string', minLength: 1, maxLength: 64 },
          },
        },
      });
      "
    `);
    const added = project.read(CHART).split('\n');
    expect(added.filter((line) => !before.includes(line))).toEqual([
      "import { OrderShipped } from '../events/order-shipped.ts';",
      '  pubSub.addTopic(OrderShipped, { partitions: 12 });',
    ]);
  });

  it('lets a topic carry another type, and declares it once', async () => {
    const output = await project.run('add', 'event', 'order-changed', '--topic', 'order-placed');
    expect(output).toContain("topic 'order-placed' carries order-placed, too");
    expect(project.read('events/order-changed.ts')).toContain("topic: 'order-placed'");
    expect(project.read(CHART)).not.toContain('OrderChanged');
  });

  it('finds the prefix of a team, whatever its events are called', async () => {
    project.replace(
      'events/order-placed.ts',
      'com.example.order.placed',
      'org.acme.shop.order.placed',
    );
    await project.run('add', 'event', 'stock-level-changed');
    expect(project.read('events/stock-level-changed.ts')).toContain(
      "type: 'org.acme.shop.stock-level.changed'",
    );
  });

  it('gives an event another name in the chart when its own is taken there', async () => {
    await project.run('add', 'event', 'kafka-cluster');
    expect(project.read(CHART)).toContain(
      "import { KafkaCluster as KafkaClusterEvent } from '../events/kafka-cluster.ts';",
    );
    expect(project.read(CHART)).toContain('pubSub.addTopic(KafkaClusterEvent);');
  });
});

describe('add topic', () => {
  it('declares what a contract names, with sizes of its own', async () => {
    project.replace(CHART, '  pubSub.addTopic(OrderPlaced, { partitions: 6 });\n', '');
    project.replace(CHART, "import { OrderPlaced } from '../events/order-placed.ts';\n", '');
    await project.run(
      ...['add', 'topic', 'order-placed', '--event', 'order-placed'],
      ...['--partitions', '6', '--retention', '36h'],
    );
    const chart = project.read(CHART);
    expect(chart).toContain("import { App, Duration } from 'cdk8s';");
    expect(chart).toContain(
      '  pubSub.addTopic(OrderPlaced, { partitions: 6, retention: Duration.hours(36) });\n',
    );
    expect(chart.match(/events\/order-placed/g)).toHaveLength(1);
  });

  it('imports the topic of another team where the broker is shared, and only there', async () => {
    project.replace(CHART, '  pubSub.addTopic(OrderPlaced, { partitions: 6 });\n', '');
    const args = ['add', 'topic', 'order-placed', '--event', 'OrderPlaced', '--imported'];
    expect((await refused(...args)).message).toMatch(
      /every file is as it was.*cannot be imported/s,
    );
  });
});

describe('add consumer', () => {
  it('writes an app as short as the template, with the dead letters of the chart', async () => {
    await project.run('add', 'consumer', 'shipping', '--events', 'order-placed');
    expect(project.read(CHART)).toContain(
      "  new IdempotentConsumer(platform, 'shipping', {\n    manifest: shipping,\n    pubSub,\n    database,\n    deadLetters,\n  });\n  return platform;",
    );
    expect(project.read('package.json')).toContain(
      '"event-platform build apps/orders apps/order-processor apps/shipping"',
    );
    expect(project.read('apps/shipping/manifest.ts')).toContain("name: '0101-shipping-events'");
    expect(project.read('apps/shipping/handlers.ts')).toMatchInlineSnapshot(`
      "import { each, type ServiceParts } from '@cdk8s-event-platform/runtime';
      import { OrderPlaced } from '../../events/order-placed.ts';

      /** What a handler writes commits with the record of its event: a redelivery changes nothing. */
      export const parts: ServiceParts = {
        on: [
          each(OrderPlaced, async (tx, { type, data }) => {
            await tx.query('INSERT INTO shipping_events VALUES ($1, $2)', [type, data.customer_id]);
          }),
        ],
      };
      "
    `);
  });

  it('has no dead letters where nothing collects them', async () => {
    const chart = project.read(CHART);
    project.write(
      CHART,
      chart
        .replace(/ {2}const deadLetters[^;]*;\n/, '')
        .replace('    deadLetters,\n', '')
        .replace('  DeadLetterProcessor,\n', ''),
    );
    await project.run('add', 'consumer', 'mail', '--events', 'order-placed');
    expect(project.read(CHART)).toContain(
      "  new IdempotentConsumer(platform, 'mail', { manifest: mail, pubSub, database });\n",
    );
  });

  it('gives a manifest another name in the chart when the app’s is taken there', async () => {
    await project.run('add', 'consumer', 'database', '--events', 'order-placed');
    expect(project.read(CHART)).toContain('manifest as databaseApp');
    expect(project.read(CHART)).toContain('manifest: databaseApp,');
  });

  it('says where a test needs data that cannot be generated', async () => {
    project.replace(
      'events/order-placed.ts',
      'maxLength: 64 },',
      "maxLength: 64, pattern: '^o-' },",
    );
    const output = await project.run('add', 'consumer', 'mail', '--events', 'order-placed');
    expect(output).toContain("note: the tests in apps/mail need data of 'order-placed'");
  });
});

describe('add service', () => {
  it('is a producer, or a service when it subscribes, too', async () => {
    await project.run('add', 'event', 'order-shipped', '--partitions', '6');
    await project.run('add', 'service', 'shipments', '--publishes', 'order-shipped');
    await project.run(
      ...[
        'add',
        'service',
        'returns',
        '--publishes',
        'OrderShipped',
        '--subscribes',
        'order-placed',
      ],
    );
    const chart = project.read(CHART);
    expect(chart).toContain("new EventProducer(platform, 'shipments', {");
    expect(chart).toContain("new EventService(platform, 'returns', {");
    expect(chart).toContain('  EventProducer,\n  EventService,\n  IdempotentConsumer,\n');
    expect(project.read('apps/returns/main.ts')).toContain('{ ...parts, routes }');
    expect(project.read('apps/shipments/main.ts')).toContain('startProducer(manifest, routes);');
  });
});

describe('what is written', () => {
  it('is formatted before Prettier sees it', async () => {
    const long = 'a-name-that-is-as-long-as-the-scaler-of-a-consumer-has';
    const before = await renderAll();
    const plans: Plan[] = [
      await planAddEvent(readProject(), { name: 'order-shipped', key: 'customer_id' }),
      await planAddEvent(readProject(), { name: `${long}-changed`, partitions: 100_000 }),
      await planAddTopic(withoutTopic(), {
        name: 'order-placed',
        event: 'order-placed',
        partitions: 6,
        retention: '30d',
        imported: false,
      }),
    ];
    for (const name of ['mail', long]) {
      for (const subscribes of [[], ['order-placed']]) {
        for (const publishes of [[], ['order-placed']]) {
          if (publishes.length + subscribes.length > 0) {
            const options = { name, publishes, subscribes };
            plans.push(await planAddApp(readProject(), options, before));
          }
        }
      }
    }
    for (const { created, edited } of plans) {
      for (const [path, text] of [
        ...created,
        ...edited.map((one) => [one.path, one.text] as const),
      ]) {
        const options = { filepath: path, singleQuote: true, printWidth: 100 };
        expect(await check(text, options), text).toBe(true);
      }
    }
    expect(plans).toHaveLength(9);
  });

  it('compiles as strictly as this repository', async () => {
    await project.run('add', 'event', 'order-shipped', '--partitions', '6');
    await project.run(
      ...[
        'add',
        'service',
        'returns',
        '--publishes',
        'order-shipped',
        '--subscribes',
        'order-placed',
      ],
    );
    await project.run('add', 'consumer', 'mail', '--events', 'order-placed,order-shipped');
    expect(compilerErrors(project.folder)).toEqual([]);
  });

  it('keeps CR and LF of a chart, in new files, too', async () => {
    project.write(CHART, project.read(CHART).replaceAll('\n', '\r\n'));
    await project.run('add', 'consumer', 'mail', '--events', 'order-placed');
    for (const path of [CHART, 'apps/mail/manifest.ts', 'apps/mail/handlers.test.ts']) {
      expect(project.read(path).match(/(?<!\r)\n/g), path).toBeNull();
    }
    expect(project.read('package.json')).not.toContain('\r');
  });

  it('leaves the format of a file that Prettier has not formatted', async () => {
    project.replace(CHART, 'const database =', 'const   database =');
    await project.run('add', 'event', 'order-shipped');
    expect(project.read(CHART)).toContain('const   database =');
  });

  it('is rendered, and named object by object', async () => {
    const { objects, created } = JSON.parse(
      await project.run('add', 'consumer', 'mail', '--events', 'order-placed', '--json'),
    ) as { objects: { name: string; added: string[]; removed: string[] }[]; created: string[] };
    expect(objects.map(({ name }) => name)).toEqual(['local', 'production']);
    expect(objects[0]!.added).toContain('Deployment/mail');
    expect(objects[0]!.removed).toEqual([]);
    expect(created).toContain('apps/mail/main.ts');
  });

  it('is only printed in a dry run', async () => {
    const before = project.files();
    const output = await project.run(
      'add',
      'consumer',
      'mail',
      '--events',
      'order-placed',
      '--dry-run',
    );
    expect(output).toContain('created apps/mail/handlers.ts');
    expect(output).toContain("+ import { manifest as mail } from '../apps/mail/manifest.ts';");
    expect(project.files()).toEqual(before);
  });
});

/** What the compiler says of the sources in a folder, with the options of the repository. */
function compilerErrors(folder: string): string[] {
  const root = join(import.meta.dirname, '..', '..');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) =>
    ts.sys.readFile(path),
  ) as {
    config: object;
  };
  const { options, fileNames } = ts.parseJsonConfigFileContent(
    { ...config, include: [`${folder}/**/*.ts`], exclude: [] },
    ts.sys,
    root,
  );
  return ts
    .getPreEmitDiagnostics(ts.createProgram(fileNames, options))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

/** The project without the declaration of its topic. */
function withoutTopic() {
  const chart = project.read(CHART);
  project.replace(CHART, '  pubSub.addTopic(OrderPlaced, { partitions: 6 });\n', '');
  const found = readProject();
  project.write(CHART, chart);
  return found;
}

describe('what is called wrongly changes no file', () => {
  const consumer = ['--events', 'order-placed'];
  it.each([
    [['event'], /add takes event, topic, consumer, service and a name/],
    [['queue', 'orders'], /add takes event, topic/],
    [['toString', 'orders'], /add takes event, topic/],
    [['event', 'a', 'b'], /add takes event, topic/],
    [['event', 'OrderShipped'], /event 'OrderShipped' is not in kebab case/],
    [['event', '../order'], /is not in kebab case/],
    [['event', 'order--shipped'], /is not in kebab case/],
    [['event', '2-orders'], /is not in kebab case/],
    [['event', 'index'], /another meaning in TypeScript/],
    [['event', 'main'], /another meaning/],
    [['event', 'map'], /event 'map' would be 'Map', which JavaScript has already/],
    [
      ['event', 'order-placed'],
      /event 'order-placed' is there already, in events\/order-placed.ts/,
    ],
    [['event', 'a'.repeat(151)], /is not a portable topic name/],
    [['event', 'order-shipped', '--key', 'order-id'], /--key 'order-id' is not the name of a prop/],
    [['event', 'order-shipped', '--key', '__proto__'], /is not the name of a property/],
    [['event', 'order-shipped', '--partitions', '0'], /--partitions '0' must be a whole number/],
    [['event', 'order-shipped', '--partitions', '1e3'], /must be a whole number/],
    [['event', 'order-shipped', '--topic', 'Orders'], /is not a portable topic name/],
    [['event', 'order-shipped', '--topic', 'orders.dlq'], /names dead-letter topics/],
    [['event', 'x-y', '--topic', 'order-placed', '--partitions', '3'], /leave --partitions out/],
    [['event', 'order-shipped', '--retention', '3d'], /add event has no option --retention/],
    [['event', 'order-shipped', '--nope'], /Unknown option '--nope'/],
    [['topic', 'order-placed'], /add topic needs --event/],
    [['topic', 'orders', '--event', 'order-placed'], /goes to topic 'order-placed', not 'orders'/],
    [['topic', 'order-placed', '--event', 'gone'], /no event 'gone': use order-placed/],
    [
      ['topic', 'order-placed', '--event', 'order-placed'],
      /is declared already, in charts\/platform.ts:\d/,
    ],
    [['topic', 'order-placed', '--event', 'order-placed', '--retention', '3w'], /is not a time/],
    [['consumer', 'mail'], /add consumer needs --events/],
    [['consumer', 'mail', '--events', 'a,,b'], /is not a list of events/],
    [['consumer', 'mail', '--events', 'gone'], /no event 'gone'/],
    [['consumer', 'delete', ...consumer], /another meaning in TypeScript/],
    [['consumer', 'orders', ...consumer], /an app 'orders' is there already/],
    [['consumer', 'dead-letter-processor', ...consumer], /is there already/],
    [['consumer', 'a'.repeat(59), ...consumer], /has 59 characters/],
    [['service', 'mail'], /add service needs --publishes/],
    [['service', 'mail', '--publishes', 'order-placed', '--events', 'a'], /no option --events/],
  ])('%j', async (args, message) => {
    const error = await refused('add', ...args);
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(message);
  });

  it('an event that nothing publishes has no consumer', async () => {
    await project.run('add', 'event', 'order-shipped');
    const error = await refused('add', 'consumer', 'mail', '--events', 'order-shipped');
    expect(error.message).toMatch(/no app publishes 'order-shipped': list OrderShipped/);
  });

  it('files that are there already are kept', async () => {
    project.write('events/order-shipped.ts', '// mine\n');
    expect((await refused('add', 'event', 'order-shipped')).message).toMatch(/is there already/);
    execFileSync('mkdir', [join(project.folder, 'apps/mail')]);
    const error = await refused('add', 'consumer', 'mail', '--events', 'order-placed');
    expect(error.message).toMatch(/folder 'apps\/mail' is there already/);
  });
});

describe('what fails changes no file', () => {
  it.each([
    [
      'no variable with the pub/sub',
      'const pubSub = new DaprPubSub',
      'const pubSub = createPubSub',
    ],
    ['a destructured one', 'const pubSub = new', 'const { pubSub } = new'],
    ['a class of another package', '  DaprPubSub,\n', '  EventApp,\n'],
  ])('a chart with %s is left, with the lines to write', async (_, text, by) => {
    const found = readProject();
    project.replace(CHART, text, by);
    const plan = planAddEvent(readProject(), { name: 'order-shipped', partitions: 6 });
    await expect(plan).rejects.toThrow(
      /nothing was changed; write by hand.*\n {2}import \{ OrderShipped \}.*\n {2}pubSub\.addTopic\(OrderShipped, \{ partitions: 6 \}\);/,
    );
    expect(found.sources.size).toBeGreaterThan(5);
  });

  it('a chart with two pub/sub components is left', async () => {
    project.replace(
      CHART,
      '  pubSub.addTopic(',
      "  const other = new DaprPubSub(platform, 'other', { broker });\n  other.addTopic(",
    );
    await expect(planAddEvent(readProject(), { name: 'order-shipped' })).rejects.toThrow(
      /several pub\/sub components: charts\/platform.ts:\d+, charts/,
    );
  });

  it('a chart without a database, or with comments in the import, is left', async () => {
    const before = await renderAll();
    const options = {
      name: 'shipments',
      publishes: ['order-placed'],
      subscribes: ['order-placed'],
    };
    project.replace(CHART, '  DaprPubSub,\n', '  DaprPubSub, // Dapr\n');
    await expect(planAddApp(readProject(), options, before)).rejects.toThrow(
      /has comments between imported names: nothing was changed; write by hand.*EventService/s,
    );
    project.replace(CHART, 'const database = new', 'const { database } = new');
    await expect(planAddApp(readProject(), options, before)).rejects.toThrow(
      /has no variable with the database/,
    );
  });

  it('what the platform refuses is taken back', async () => {
    await project.run('add', 'event', 'order-shipped', '--partitions', '7');
    await project.run('add', 'service', 'shipments', '--publishes', 'order-shipped');
    const error = await refused(
      'add',
      'consumer',
      'mail',
      '--events',
      'order-placed,order-shipped',
    );
    expect(error).not.toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/every file is as it was: .*unequal partitions/s);
  });

  it('a platform that is not valid yet is reported first', async () => {
    project.replace(CHART, '{ partitions: 6 }', '{ partitions: 0 }');
    expect((await refused('add', 'event', 'order-shipped')).message).toMatch(
      /^the platform is not valid as it is: .*EP4002/s,
    );
  });

  it('a program that ends the process takes nothing with it', () => {
    project.write(
      'charts/main.ts',
      `${project.read('charts/main.ts')}\nif (platformOf.toString().includes('OrderShipped')) process.exit(3);\n`,
    );
    const before = project.files();
    const main = join(import.meta.dirname, '..', 'main.ts');
    const tsx = join(import.meta.dirname, '../../node_modules/.bin/tsx');
    const { status } = spawnSync(tsx, [main, 'add', 'event', 'order-shipped']);
    expect(status).toBe(3);
    expect(project.files()).toEqual(before);
  });

  it('a folder that is no project is refused', async () => {
    process.chdir(join(project.folder, 'apps'));
    expect((await project.call('add', 'event', 'a-b')).error?.message).toMatch(
      /no package.json here/,
    );
    process.chdir(project.folder);
  });
});

it('--help names every option', async () => {
  const help = await project.run('add', '--help');
  for (const option of ['key', 'topic', 'event', 'events', 'partitions', 'retention', 'imported']) {
    expect(help).toContain(`  --${option} `);
  }
  for (const option of ['publishes', 'subscribes', 'dry-run', 'json', 'help']) {
    expect(help).toContain(`  --${option} `);
  }
});
