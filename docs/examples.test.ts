import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import * as runtime from '@cdk8s-event-platform/runtime';
import { createDatabase, type TestDatabase } from '../app-images/testing/database.ts';
import { ACKNOWLEDGED, RunningConsumer } from '../app-images/testing/running-consumer.ts';
import { serviceApi } from '../app-images/testing/service-api.ts';
import type { Manifest } from '../constructs/index.ts';
import { TestPlatform } from '../constructs/testing/fixtures.ts';
import { ANSWERS } from '../stacks/testing/answers.ts';
import { record } from '../stacks/testing/recording.ts';
import { codeBlocks, DOCUMENTS, read } from './documents.ts';
import { OrderPlaced, orderProcessor, shop } from './examples/order-contracts.ts';
import { drawOrders } from './examples/own-dashboard.ts';
import { prefer } from './examples/patched-consumer.ts';

vi.mock('@cdk8s-event-platform/runtime', async (original) => ({
  ...(await original<typeof runtime>()),
  startConsumer: vi.fn(),
  startProducer: vi.fn(),
}));

const files = readdirSync(join(import.meta.dirname, 'examples'), {
  recursive: true,
  encoding: 'utf8',
}).filter((file) => file.endsWith('.ts'));
const examples = new Map(files.map((file) => [read(`docs/examples/${file}`), file]));
const shown = DOCUMENTS.flatMap((document) =>
  codeBlocks(read(document), 'ts').map((code) => ({ document, code })),
);

describe('the pages', () => {
  it('show no TypeScript but the examples, which are compiled', () => {
    expect(shown.filter(({ code }) => !examples.has(code))).toEqual([]);
  });

  it('show every example', () => {
    const seen = new Set(shown.map(({ code }) => examples.get(code)));
    expect(files.filter((file) => !seen.has(file))).toEqual([]);
  });

  it.each([
    ['README.md', 'shortest-platform.ts'],
    ['constructs/README.md', 'shortest-platform.ts'],
    ['contracts/README.md', 'order-contracts.ts'],
    ['app-images/runtime/README.md', 'order-processor.ts'],
    ['stacks/kubernetes/README.md', 'pulumi-program.ts'],
    ['cli/README.md', 'orders/main.ts'],
  ])('%s shows %s', (document, example) => {
    expect(codeBlocks(read(document), 'ts')).toContain(read(`docs/examples/${example}`));
  });
});

it('the shortest platform renders what README says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  process.env.CDK8S_OUTDIR = folder;
  await import('./examples/shortest-platform.ts');
  delete process.env.CDK8S_OUTDIR;
  const names = readdirSync(folder);
  const objects = names.flatMap(
    (name) => loadAll(readFileSync(join(folder, name), 'utf8')) as Manifest[],
  );
  rmSync(folder, { recursive: true });
  expect(read('README.md')).toContain(
    `${objects.length} Kubernetes objects to \`dist/${names.join()}\``,
  );
  expect(new Set(objects.map(({ kind }) => kind))).toEqual(
    new Set([
      'Namespace',
      'NetworkPolicy',
      'ConfigMap',
      'Service',
      'PodDisruptionBudget',
      'StatefulSet',
      'Job',
      'Deployment',
      'PodMonitor',
      'Component',
      'Configuration',
      'Resiliency',
      'Subscription',
      'ServiceAccount',
      'ScaledObject',
      'TriggerAuthentication',
      'PrometheusRule',
    ]),
  );
});

it('the patch is in the rendered Deployment', () => {
  const test = new TestPlatform();
  test.producer();
  prefer(test.consumer());
  expect(test.object('Deployment', 'order-processor').spec).toMatchObject({
    template: { spec: { priorityClassName: 'events' } },
  });
});

it('the dashboard is rendered', () => {
  const test = new TestPlatform();
  test.producer();
  test.consumer();
  const { configMap } = drawOrders(test.platform);
  expect(test.object('ConfigMap', configMap.name)).toBeDefined();
});

it('the Pulumi program deploys the platform and its Secret', async () => {
  const { resources } = await record(async () => {
    await import('./examples/pulumi-program.ts');
  }, ANSWERS);
  expect(resources.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'Namespace/event-driven',
      'Secret/event-driven/postgres-credentials',
      'StatefulSet/event-driven/postgres',
    ]),
  );
});

describe('the apps', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase(inject('postgresPort'), [orderProcessor]);
  });
  afterAll(() => database.drop());

  it('accept an order once it is in the outbox', async () => {
    await import('./examples/shop.ts');
    const [[, routes]] = vi.mocked(runtime.startProducer).mock.calls as [
      Parameters<typeof runtime.startProducer>,
    ];
    const app = serviceApi(shop, routes, database.pool);
    const payload = { customer_id: 'anna' };
    const response = await app.inject({ method: 'POST', url: '/orders', payload });
    expect(response.statusCode).toBe(202);
    const { rows } = await database.pool.query<{ event: { data: object } }>(
      'SELECT event::json AS event FROM outbox',
    );
    expect(rows.map(({ event }) => event.data)).toEqual([
      { ...payload, ...response.json<object>() },
    ]);
  });

  it('keep a row for an order that is delivered twice', async () => {
    await import('./examples/order-processor.ts');
    const [[consumer]] = vi.mocked(runtime.startConsumer).mock.calls as [
      Parameters<typeof runtime.startConsumer>,
    ];
    const running = await new RunningConsumer(consumer, database.pool).start();
    for (let delivery = 0; delivery < 2; delivery++) {
      const order = { order_id: '4711', customer_id: 'anna' };
      expect(await running.deliver(OrderPlaced, 'event-1', order)).toEqual(ACKNOWLEDGED);
    }
    await running.stop();
    const { rows } = await database.pool.query('SELECT * FROM orders');
    expect(rows).toEqual([{ id: '4711', customer: 'anna' }]);
  });
});
