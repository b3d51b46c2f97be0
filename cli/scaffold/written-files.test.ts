import { join } from 'node:path';
import { check } from 'prettier';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

describe('what is written', () => {
  it('is formatted before Prettier sees it', async () => {
    const long = 'a-name-that-is-as-long-as-the-scaler-of-a-consumer-has';
    const before = await renderAll();
    const plans: Plan[] = [
      await planAddEvent(readProject(), { name: 'order-shipped', key: 'customer_id' }),
      await planAddEvent(readProject(), { name: 'route-active', key: ['tenant', 'service'] }),
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
    expect(plans).toHaveLength(10);
  });

  it('compiles as strictly as this repository', async () => {
    await project.run('add', 'event', 'order-shipped', '--partitions', '6');
    await project.run('add', 'event', 'route-active', '--key', 'tenant,service');
    await project.run('add', 'service', 'routes', '--publishes', 'route-active');
    await project.addReturns();
    await project.run('add', 'consumer', 'mail', '--events', 'order-placed,order-shipped');
    await project.run('add', 'consumer', 'router', '--events', 'route-active');
    expect(project.read('events/route-active.ts')).toContain(
      "  key: ['tenant', 'service'], // events with the same values keep their order\n",
    );
    expect(project.read('apps/router/handlers.ts')).toContain('eventKey(RouteActive, data)');
    expect(project.read('apps/router/handlers.test.ts')).toContain("[{ key: 'a:a' }]");
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

describe('a project with other names', () => {
  it.each(['kafka', 'nats', 'rabbitmq', 'redis'])('is rendered and grows on %s', async (broker) => {
    const other = new TestProject({
      name: 'bank',
      event: 'case-opened',
      key: 'account_id',
      broker,
    });
    try {
      await other.run('add', 'event', 'case-closed', '--partitions', '6');
      await other.run('add', 'service', 'closing', '--publishes', 'case-closed');
      await other.run('add', 'consumer', 'mail', '--events', 'case-opened,case-closed');
      expect(other.read('events/case-closed.ts')).toContain("type: 'com.example.case.closed'");
    } finally {
      other.remove();
    }
  });
});
