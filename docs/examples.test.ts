import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import * as runtime from '@cdk8s-event-platform/runtime';
import { createDatabase, type TestDatabase } from '../app-images/testing/database.ts';
import { ACKNOWLEDGED, RunningConsumer } from '../app-images/testing/running-consumer.ts';
import { serviceApi } from '../app-images/runtime/testing/service-api.ts';
import type { Manifest } from '../constructs/index.ts';
import { TestPlatform } from '../constructs/testing/fixtures.ts';
import { ANSWERS } from '../stacks/testing/answers.ts';
import { record } from '../stacks/testing/recording.ts';
import { codeBlocks, DOCUMENTS, read } from './documents.ts';
import { OrderConfirmed, OrderPlaced } from './examples/orders/events.ts';
import { manifest } from './examples/orders/manifest.ts';
import { drawOrders } from './examples/own-dashboard.ts';
import { prefer } from './examples/patched-consumer.ts';

vi.mock('@cdk8s-event-platform/runtime', async (original) => ({
  ...(await original<typeof runtime>()),
  startService: vi.fn(),
}));

const files = readdirSync(join(import.meta.dirname, 'examples'), {
  recursive: true,
  encoding: 'utf8',
}).filter((file) => file.endsWith('.ts'));
/** An example as pages show it: in a project, its platform is a file beside it. */
function example(file: string): string {
  return read(`docs/examples/${file}`).replace('./shortest-platform.ts', './platform');
}
const examples = new Map(files.map((file) => [example(file), file]));
const shown = DOCUMENTS.flatMap((document) =>
  codeBlocks(read(document), 'ts').map((code) => ({ document, code })),
);

describe('the pages', () => {
  it('show no TypeScript but the examples, which are compiled', () => {
    expect(shown.filter(({ code }) => !examples.has(code))).toEqual([]);
  });

  it('show every example, or one that uses it', () => {
    const seen = new Set(shown.map(({ code }) => examples.get(code)));
    const isUsed = (file: string) =>
      files.some((other) => seen.has(other) && example(other).includes(`'./${basename(file)}'`));
    expect(files.filter((file) => !seen.has(file) && !isUsed(file))).toEqual([]);
  });

  it.each([
    ['README.md', 'shortest-platform.ts'],
    ['constructs/README.md', 'shortest-platform.ts'],
    ['contracts/README.md', 'orders/events.ts'],
    ['contracts/README.md', 'orders/manifest.ts'],
    ['app-images/runtime/README.md', 'orders/main.ts'],
    ['stacks/kubernetes/README.md', 'pulumi-program.ts'],
    ['cli/README.md', 'dead-letter-processor.ts'],
  ])('%s shows %s', (document, file) => {
    expect(codeBlocks(read(document), 'ts')).toContain(example(file));
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
  const folder = mkdtempSync(join(tmpdir(), 'pulumi-program-'));
  process.env.CDK8S_OUTDIR = folder;
  const { resources } = await record(
    async () => {
      await import('./examples/pulumi-program.ts');
    },
    { ...ANSWERS, config: { kubeContext: 'my-cluster' } },
  );
  delete process.env.CDK8S_OUTDIR;
  rmSync(folder, { recursive: true });
  expect(resources.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'Namespace/event-driven',
      'Secret/event-driven/postgres-credentials',
      'StatefulSet/event-driven/postgres',
    ]),
  );
});

describe('the app', () => {
  let database: TestDatabase;
  let parts: Required<runtime.ServiceParts>;
  beforeAll(async () => {
    database = await createDatabase(inject('postgresPort'), [manifest]);
    await import('./examples/orders/main.ts');
    const [[, given]] = vi.mocked(runtime.startService).mock.calls as [
      Parameters<typeof runtime.startService>,
    ];
    parts = given as typeof parts;
  });
  beforeEach(() => database.pool.query('TRUNCATE outbox'));
  afterAll(() => database.drop());

  /** Types and data of the events in the outbox. */
  async function outbox(): Promise<[string, unknown][]> {
    const { rows } = await database.pool.query<{ event: { type: string; data: unknown } }>(
      'SELECT event::json AS event FROM outbox',
    );
    return rows.map(({ event: { type, data } }) => [type, data]);
  }

  it('has an order in the outbox when it answers', async () => {
    const app = serviceApi(manifest, parts.routes, database.pool);
    const payload = { customer_id: 'anna' };
    const response = await app.inject({ method: 'POST', url: '/orders', payload });
    expect(response.statusCode).toBe(202);
    expect(await outbox()).toEqual([
      [OrderPlaced.type, { ...payload, ...response.json<object>() }],
    ]);
  });

  it('has one row and one confirmation for an order that is delivered twice', async () => {
    const consumer = runtime.consumer(manifest, ...parts.on);
    const running = await new RunningConsumer(consumer, database.pool).start();
    const order = { order_id: '4711', customer_id: 'anna' };
    for (let delivery = 0; delivery < 2; delivery++) {
      expect(await running.deliver(OrderPlaced, 'event-1', order)).toEqual(ACKNOWLEDGED);
    }
    await running.stop();
    const { rows } = await database.pool.query('SELECT * FROM orders');
    expect(rows).toEqual([order]);
    expect(await outbox()).toEqual([[OrderConfirmed.type, order]]);
  });
});
