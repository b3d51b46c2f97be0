import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../command-line.ts';
import { TestProject } from './testing/test-project.ts';

const CHART = 'charts/platform.ts';

let project: TestProject;
beforeEach(() => {
  project = new TestProject();
});
afterEach(() => project.remove());

/** The error of a call that must leave all files as they were. */
async function refused(...args: readonly string[]): Promise<Error> {
  const before = project.files();
  const { error } = await project.call('remove', ...args);
  expect(project.files()).toEqual(before);
  return error!;
}

/** What a running environment keeps, in the words of `--json`. */
async function left(...args: readonly string[]) {
  const { left: found } = JSON.parse(await project.run('remove', ...args, '--json')) as {
    left: Record<string, { what: string; command?: string }[]>;
  };
  return found;
}

it('takes back what add has written, byte by byte', async () => {
  for (const ends of ['\n', '\r\n']) {
    project.write(CHART, project.read(CHART).replaceAll(/\r?\n/g, ends));
    const before = project.files();
    await project.run('add', 'event', 'order-shipped', '--partitions', '6');
    await project.run('add', 'service', 'shipments', '--publishes', 'order-shipped');
    await project.addReturns();
    await project.run('add', 'consumer', 'mail', '--events', 'order-placed,order-shipped');
    for (const name of ['consumer mail', 'service returns', 'service shipments']) {
      await project.run('remove', ...name.split(' '), '--force');
    }
    await project.run('remove', 'topic', 'order-shipped');
    await project.run(
      ...['add', 'topic', 'order-shipped', '--event', 'order-shipped', '--retention', '30d'],
    );
    await project.run('remove', 'event', 'order-shipped', '--force');
    expect(project.files()).toEqual(before);
  }
});

it('finds an event by the name that it was added with', async () => {
  const before = project.files();
  for (const name of ['a-b', 'order-2-moved', 'x2y-z']) {
    await project.run('add', 'event', name);
    await project.run('remove', 'event', name, '--force');
  }
  expect(project.files()).toEqual(before);
});

describe('what is left behind', () => {
  it('is named with the commands of each environment', async () => {
    project.commit();
    const { local, production } = await left('consumer', 'order-processor');
    const commands = (list: typeof local) => list!.map(({ command = '' }) => command).join('\n');
    expect(local!.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^\d+ objects, which kubectl apply does not delete/),
      'consumer group order-processor',
      'topic order-placed.order-processor.dlq with its events',
      expect.stringMatching(/^rows of order-processor in processed_events, quarantine, effects/),
      expect.stringMatching(/^role event_platform\.order-processor, /),
      expect.stringMatching(/^role event_platform\.due_work, /),
      expect.stringMatching(/^what migration 0100-customer-orders created/),
      'Secrets order-processor-postgres order-processor-sidecar-token postgres-due-work',
    ]);
    expect(commands(local)).toContain('deployment.apps/order-processor');
    expect(commands(local)).toContain(
      'kubectl --namespace shop exec kafka-0 -c kafka -- bash /etc/kafka/admin.sh kafka-topics --delete --topic order-placed.order-processor.dlq',
    );
    expect(commands(local)).toContain(
      `-c "DELETE FROM quarantine WHERE consumer = 'order-processor'"`,
    );
    expect(commands(local)).toContain('exec postgres-0 --');
    expect(commands(production)).toContain(
      'psql "host=postgres.example.com port=5432 dbname=event_platform user=event_platform"',
    );
    expect(production!.map(({ what }) => what)).toContain(
      'account order-processor of the broker, with its rights',
    );
  });

  it('has no command where the platform has no pod with the tools of its broker', async () => {
    const chart = project.read(CHART);
    project.write(
      CHART,
      chart.replaceAll('KafkaCluster', 'NatsJetStream').replace("'kafka'", "'nats'"),
    );
    const { local } = await left('consumer', 'order-processor', '--force');
    expect(local).toContainEqual({ what: 'consumer group order-processor' });
  });

  it('is nothing in a dry run, which removes nothing', async () => {
    const before = project.files();
    const output = await project.run(
      'remove',
      'consumer',
      'order-processor',
      '--force',
      '--dry-run',
    );
    expect(output).toContain('removed apps/order-processor');
    expect(output).toMatch(/note: charts\/platform.test.ts:\d+ mentions 'order-processor'/);
    expect(output).toContain('  -   new IdempotentConsumer');
    expect(project.files()).toEqual(before);
  });
});

describe('what others depend on stays', () => {
  it('an event that manifests list, with their files', async () => {
    const error = await refused('event', 'order-placed', '--force');
    expect(error.message).toMatch(/apps\/orders\/manifest.ts lists it under 'publishes'/);
    expect(error.message).toMatch(/apps\/order-processor\/manifest.ts lists it under 'subscribes'/);
  });

  it('an event that another file imports, or the chart uses elsewhere', async () => {
    await project.run('add', 'event', 'order-shipped');
    project.write(
      'charts/extra.ts',
      "export { OrderShipped } from '../events/order-shipped.ts';\n",
    );
    expect((await refused('event', 'order-shipped', '--force')).message).toMatch(
      /event 'order-shipped' is used in charts\/extra.ts: take it out/,
    );
    project.write('charts/extra.ts', '');
    project.replace(
      CHART,
      '  return platform;',
      '  console.error(OrderShipped.type);\n  return platform;',
    );
    expect((await refused('event', 'order-shipped', '--force')).message).toMatch(
      /is used in charts\/platform.ts:\d+/,
    );
  });

  it('an event whose topic another one shares, or whose file declares another', async () => {
    await project.run('add', 'event', 'stock-moved');
    await project.run('add', 'event', 'stock-counted', '--topic', 'stock-moved');
    expect((await refused('event', 'stock-moved', '--force')).message).toMatch(
      /topic 'stock-moved' carries stock-counted, too: declare it with StockCounted/,
    );
    await project.run('remove', 'event', 'stock-counted', '--force');
    const file = 'events/stock-moved.ts';
    project.write(
      file,
      `${project.read(file)}export const Other = { ...StockMoved, type: 'a.b.c' };\n`,
    );
    expect((await refused('event', 'stock-moved', '--force')).message).toMatch(
      /declares Other, too/,
    );
  });

  it('the only publisher of an event that is received, with --force, too', async () => {
    const error = await refused('service', 'orders', '--force');
    expect(error).not.toBeInstanceOf(UsageError);
    expect(error.message).toMatch(
      /service 'orders' alone publishes 'com.example.order.placed', which order-processor would wait for \(apps\/order-processor\/manifest.ts\)/,
    );
  });

  it('a topic that apps use', async () => {
    expect((await refused('topic', 'order-placed')).message).toMatch(
      /topic 'order-placed' is in use by orders, order-processor, .*charts\/platform.ts:\d/,
    );
  });

  it('an app whose variable the chart uses', async () => {
    project.replace(
      CHART,
      '  new IdempotentConsumer(',
      '  const consumer = new IdempotentConsumer(',
    );
    project.replace(
      CHART,
      '  return platform;',
      '  consumer.node.addDependency(database);\n  return platform;',
    );
    expect((await refused('consumer', 'order-processor', '--force')).message).toMatch(
      /consumer 'order-processor' is used in charts\/platform.ts:\d+/,
    );
  });

  it('an app whose files another one imports', async () => {
    mkdirSync(join(project.folder, 'apps/copy'));
    project.write(
      'apps/copy/parts.ts',
      "import { parts } from '../order-processor/handlers.ts';\nexport { parts };\n",
    );
    expect((await refused('consumer', 'order-processor', '--force')).message).toMatch(
      /is used in apps\/copy\/parts.ts/,
    );
  });
});

describe('files that git could not bring back stay', () => {
  it('without a commit, or a repository', async () => {
    project.commit();
    project.write('apps/order-processor/notes.md', 'mine');
    project.replace('apps/order-processor/handlers.ts', 'What a handler', 'Whatever a handler');
    expect((await refused('consumer', 'order-processor')).message).toMatch(
      /^not committed, and lost when removed: apps\/order-processor\/handlers.ts, apps\/order-processor\/notes.md: commit/,
    );
    project.commit();
    await project.run('remove', 'consumer', 'order-processor');
    expect(
      Object.keys(project.files()).filter((path) => /removed|order-processor/.test(path)),
    ).toEqual([]);
  });

  it('of an app that ignores what it has built', async () => {
    project.commit();
    mkdirSync(join(project.folder, 'apps/order-processor/build'));
    project.write('apps/order-processor/build/main.js', '');
    project.replace(CHART, 'manifest: orders, pubSub', 'manifest: orders as never, pubSub');
    const before = project.files();
    await project.run('remove', 'consumer', 'order-processor');
    expect(Object.keys(before).length - Object.keys(project.files()).length).toBe(5);
  });

  it('that git ignores, and no build brings back', async () => {
    project.write('.gitignore', 'build/\n.env\n');
    project.commit();
    project.write('apps/order-processor/.env', 'SECRET=1');
    expect((await refused('consumer', 'order-processor')).message).toMatch(
      /lost when removed: apps\/order-processor\/.env/,
    );
  });
});

describe('what is called wrongly changes no file', () => {
  it.each([
    [['event'], /remove takes event, topic, consumer, service and a name/],
    [['queue', 'x'], /remove takes event/],
    [['constructor', 'x'], /remove takes event/],
    [['event', 'gone'], /no event 'gone': use order-placed/],
    [['topic', 'gone'], /does not declare topic 'gone': use order-placed/],
    [['consumer', 'gone'], /no consumer 'gone': there is no apps\/gone\/manifest.ts/],
    [['consumer', '../charts'], /consumer '..\/charts' is not a name/],
    [
      ['consumer', 'orders'],
      /'orders' is a service, not a consumer: event-platform remove service/,
    ],
    [['service', 'order-processor'], /is a consumer, not a service/],
    [['event', 'order-placed', '--key', 'a'], /Unknown option '--key'/],
  ])('%j', async (args, message) => {
    const error = await refused(...args);
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(message);
  });
});

it('a declaration in another structure is left, with the lines to remove', async () => {
  project.replace(CHART, '  new IdempotentConsumer(', '  if (database) new IdempotentConsumer(');
  const error = await refused('consumer', 'order-processor', '--force');
  expect(error.message).toMatch(/in no statement of its own.*write by hand.*remove new …/s);
});

it('what the platform refuses is put back', async () => {
  project.replace(
    'charts/main.ts',
    'const dist',
    "if (!platformOf.toString().includes('Idempotent')) throw new Error('no consumer');\nconst dist",
  );
  mkdirSync(join(project.folder, 'apps/order-processor/build'));
  project.write('apps/order-processor/build/main.js', 'built');
  const error = await refused('consumer', 'order-processor', '--force');
  expect(error.message).toMatch(/every file is as it was: no consumer/);
});

it('--help names every option', async () => {
  const help = await project.run('remove', '--help');
  for (const option of ['force', 'chart', 'dry-run', 'json', 'help']) {
    expect(help).toContain(`  --${option} `);
  }
});
