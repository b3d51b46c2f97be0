import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../command-line.ts';
import { planAddApp } from './add-app.ts';
import { planAddEvent } from './add-event.ts';
import { readProject } from './project.ts';
import { renderAll } from './rendered.ts';
import { TestProject } from './testing/test-project.ts';

const CHART = 'charts/platform.ts';
/** Arguments of Node that run the command as it is here. */
const TSX = ['--import', import.meta.resolve('tsx'), join(import.meta.dirname, '..', 'main.ts')];

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
    [['event', 'order-shipped', '--chart', 'gone.ts'], /no source 'gone.ts' in the project/],
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
    mkdirSync(join(project.folder, 'apps/mail'));
    const error = await refused('add', 'consumer', 'mail', '--events', 'order-placed');
    expect(error.message).toMatch(/folder 'apps\/mail' is there already/);
  });
});

describe('what fails changes no file', () => {
  it('a topic is not imported where the broker is the platform’s alone', async () => {
    project.replace(CHART, '  pubSub.addTopic(OrderPlaced, { partitions: 6 });\n', '');
    const args = ['add', 'topic', 'order-placed', '--event', 'OrderPlaced', '--imported'];
    expect((await refused(...args)).message).toMatch(
      /every file is as it was.*cannot be imported/s,
    );
  });

  it.each([
    [
      'no variable with the pub/sub',
      'const pubSub = new DaprPubSub',
      'const pubSub = createPubSub',
    ],
    ['a destructured one', 'const pubSub = new', 'const { pubSub } = new'],
    ['a class of another package', '  DaprPubSub,\n', '  EventApp,\n'],
  ])('a chart with %s is left, with the lines to write', async (_, text, by) => {
    project.replace(CHART, text, by);
    const before = project.files();
    const plan = planAddEvent(readProject(), { name: 'order-shipped', partitions: 6 });
    await expect(plan).rejects.toThrow(
      /nothing was changed; write by hand.*\n {2}import \{ OrderShipped \}.*\n {2}pubSub\.addTopic\(OrderShipped, \{ partitions: 6 \}\);/,
    );
    expect(project.files()).toEqual(before);
  });

  it('a chart with two pub/sub components is left', async () => {
    project.replace(
      CHART,
      '  pubSub.addTopic(',
      "  const other = new DaprPubSub(platform, 'other', { broker });\n  other.addTopic(",
    );
    await expect(planAddEvent(readProject(), { name: 'order-shipped' })).rejects.toThrow(
      /several pub\/sub components \(charts\/platform.ts:\d+, charts.*--chart/,
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
    const { status } = spawnSync(process.execPath, [...TSX, 'add', 'event', 'order-shipped']);
    expect(status).toBe(3);
    expect(project.files()).toEqual(before);
  });

  it('a signal takes nothing with it', async () => {
    const main = `${project.read('charts/main.ts')}\nif (platformOf.toString().includes('OrderShipped')) {\n  process.stderr.write('waits');\n  await new Promise(() => setInterval(() => undefined, 1000));\n}\n`;
    project.write('charts/main.ts', main);
    const before = project.files();
    const child = spawn(process.execPath, [...TSX, 'add', 'event', 'order-shipped']);
    await new Promise((resolve) => child.stderr.once('data', resolve));
    expect(project.files()).not.toEqual(before);
    child.kill('SIGINT');
    const [, signal] = (await once(child, 'exit')) as [null, string];
    expect(signal).toBe('SIGINT');
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
