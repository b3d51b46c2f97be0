import { join } from 'node:path';
import { defineApp, type EventContract } from '@cdk8s-event-platform/contracts';
import { asyncApi, ExternalKafkaAuthentication, KafkaCluster } from 'cdk8s-event-platform';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { manifestProblems } from '../../constructs/testing/manifest-problems.ts';
import { inProduction, TestPlatform } from '../../constructs/testing/fixtures.ts';
import { BILLING_3, RETURN, SHOP_2, SHOP_2_GIVEN } from './testing/documents.ts';
import { compilerErrors } from './testing/compiler-errors.ts';
import { TemporaryFolder } from './testing/temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

/** The contracts that a file exports, by name. */
async function contractsIn(path: string): Promise<Record<string, EventContract>> {
  return (await import(/* @vite-ignore */ join(folder.path, path))) as Record<
    string,
    EventContract
  >;
}

it('an imported event is consumed from the topic of its team', async () => {
  folder.write('billing.yaml', BILLING_3);
  await folder.call(
    'import',
    'billing.yaml',
    '--message',
    'invoicePaid',
    '--out',
    'events/billing.ts',
  );
  const { InvoicePaid } = await contractsIn('events/billing.ts');
  const test = new TestPlatform(inProduction(), (platform) =>
    KafkaCluster.fromBootstrap(platform, 'kafka', {
      bootstrapServers: ['kafka.example.com:9093'],
      authentication: ExternalKafkaAuthentication.scramSha512(),
    }),
  );
  test.pubSub.importTopic(InvoicePaid!, { partitions: 12 });
  const manifest = defineApp({
    ...{ appId: 'ledger', description: 'Books payments.', port: 8080 },
    subscribes: [InvoicePaid!],
  });
  test.consumer({}, manifest);
  expect(manifestProblems(test.objects())).toEqual([]);
  expect(test.object('Subscription', 'ledger-billing-invoices-v1').spec).toMatchObject({
    topic: 'billing.invoices.v1',
    deadLetterTopic: 'billing.invoices.v1.ledger.dlq',
  });
  expect(test.object('ScaledObject', 'ledger').spec).toMatchObject({ maxReplicaCount: 12 });
  const { channels } = asyncApi(test.platform);
  expect(Object.keys(channels)).toEqual(['billing.invoices.v1']);
});

it('what an import writes compiles, and declares what it says', async () => {
  folder.write('shop.yaml', SHOP_2);
  folder.write('schemas/return.json', RETURN);
  await folder.call('import', 'shop.yaml', ...SHOP_2_GIVEN, '--out', 'events/shop.ts');
  expect(compilerErrors(folder.path, 'events/shop.ts')).toEqual([]);
  const { output } = await folder.call('import', 'shop.yaml', ...SHOP_2_GIVEN, '--json');
  const { events } = JSON.parse(output) as { events: (EventContract & { name: string })[] };
  expect({ ...(await contractsIn('events/shop.ts')) }).toEqual(
    Object.fromEntries(events.map(({ name, ...contract }) => [name, contract])),
  );
});
