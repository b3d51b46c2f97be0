import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestProject } from './testing/test-project.ts';
import { isRetention, topicStatement } from './topics.ts';

const CHART = 'charts/platform.ts';

let project: TestProject;
beforeEach(() => {
  project = new TestProject();
});
afterEach(() => project.remove());

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

  it('has words for a topic that keeps events for good', () => {
    for (const retention of ['unlimited', 'compacted']) {
      expect(isRetention(retention)).toBe(true);
      expect(topicStatement({ pubSub: 'pubSub', event: 'OrderPlaced', retention })).toBe(
        `pubSub.addTopic(OrderPlaced, { retention: '${retention}' });`,
      );
    }
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

      const RECORD = 'INSERT INTO shipping_events VALUES ($1, $2)';

      /** What a handler writes commits with the record of its event: a redelivery changes nothing. */
      export const parts: ServiceParts = {
        on: [
          each(OrderPlaced, async (tx, { type, data }) => {
            await tx.query(RECORD, [type, data.customer_id]);
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
    await project.addReturns('OrderShipped');
    const chart = project.read(CHART);
    expect(chart).toContain("new EventProducer(platform, 'shipments', {");
    expect(chart).toContain("new EventService(platform, 'returns', {");
    expect(chart).toContain('  EventProducer,\n  EventService,\n  IdempotentConsumer,\n');
    expect(project.read('apps/returns/main.ts')).toContain('{ ...parts, routes }');
    expect(project.read('apps/shipments/main.ts')).toContain('startProducer(manifest, routes);');
  });
});

it('--help names every option', async () => {
  const help = await project.run('add', '--help');
  for (const option of ['key', 'topic', 'event', 'events', 'partitions', 'retention', 'imported']) {
    expect(help).toContain(`  --${option} `);
  }
  for (const option of ['chart', 'publishes', 'subscribes', 'dry-run', 'json', 'help']) {
    expect(help).toContain(`  --${option} `);
  }
});

it('is not misled by what was compiled beside its source', async () => {
  project.write('charts/platform.js', project.read(CHART));
  await project.run('add', 'event', 'order-shipped');
  expect(project.read(CHART)).toContain('pubSub.addTopic(OrderShipped)');
});

it('edits the chart that is chosen where there are several', async () => {
  const other = project.read(CHART).replaceAll("'shop'", "'other'");
  project.write('charts/other.ts', other);
  await project.run('add', 'event', 'order-shipped', '--chart', CHART);
  expect(project.read(CHART)).toContain('pubSub.addTopic(OrderShipped)');
  expect(project.read('charts/other.ts')).toBe(other);
});
