import { ApiObject } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  DeadLetterProcessor,
  type DefaultServiceAccount,
  Environment,
  IdempotentConsumer,
  KafkaCluster,
  KafkaUi,
  type ServiceAccountOptions,
} from '../index.ts';
import {
  type AnyManifest,
  inProduction,
  orderProcessor,
  shop,
  TestPlatform,
} from '../testing/fixtures.ts';
import { messageOf } from '../testing/refusal.ts';

const ROLE = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/orders' };

/** A platform whose consumer and defaults have ServiceAccounts. */
function declared(
  serviceAccount?: ServiceAccountOptions,
  defaults?: DefaultServiceAccount,
  environment = Environment.local(),
): TestPlatform {
  const test = new TestPlatform(
    environment,
    {},
    { defaults: { ...(defaults && { serviceAccount: defaults }) } },
  );
  const { platform, pubSub, database, broker } = test;
  test.producer();
  new KafkaUi(platform, 'ui', { broker });
  const deadLetters = new DeadLetterProcessor(platform, 'dead-letters', { pubSub, database });
  test.consumer({ deadLetters, ...(serviceAccount && { serviceAccount }) });
  return test;
}

/** Names of ServiceAccounts: those that are rendered, and those that pods of each workload run as. */
function accounts(objects: readonly AnyManifest[]) {
  const template = ({ kind, spec }: AnyManifest) =>
    (kind === 'CronJob' ? spec.jobTemplate.spec : spec)?.template as AnyManifest | undefined;
  return {
    rendered: objects
      .filter(({ kind }) => kind === 'ServiceAccount')
      .map(({ metadata }) => metadata.name),
    used: new Map(
      objects.flatMap((object) => {
        const pod = template(object)?.spec as AnyManifest | undefined;
        return pod?.containers === undefined
          ? []
          : [[object.metadata.name, pod.serviceAccountName as string | undefined]];
      }),
    ),
  };
}

describe('the ServiceAccount of an app', () => {
  it('is one of its own, with its id as name, whose token no pod gets', () => {
    const test = declared();
    expect(test.object('ServiceAccount', 'order-processor')).toMatchObject({
      metadata: { name: 'order-processor' },
      automountServiceAccountToken: false,
    });
    const { used } = accounts(test.objects());
    expect(used.get('order-processor')).toBe('order-processor');
  });

  it('has the name and annotations that it is given', () => {
    const test = declared({ name: 'orders', annotations: ROLE });
    expect(test.object('ServiceAccount', 'orders').metadata.annotations).toEqual(ROLE);
    const { rendered, used } = accounts(test.objects());
    expect(used.get('order-processor')).toBe('orders');
    expect(rendered).not.toContain('order-processor');
  });

  it.each([
    [{ create: false }, 'order-processor'],
    [{ name: 'made-by-others', create: false }, 'made-by-others'],
  ])('is not rendered where it exists: %j', (options, name) => {
    const test = declared(options);
    const { rendered, used } = accounts(test.objects());
    expect(used.get('order-processor')).toBe(name);
    expect(rendered).not.toContain(name);
    const [consumer] = test.platform.node
      .findAll()
      .filter((construct) => construct instanceof IdempotentConsumer);
    expect(consumer!.workload.serviceAccount).toBeUndefined();
    expect(consumer!.serviceAccountName).toBe(name);
  });

  it('may be shared by apps where it exists, and is declared by one of them where it does not', () => {
    const shared = (create: boolean) => {
      const test = new TestPlatform();
      const { platform, pubSub, database } = test;
      test.producer();
      ['a', 'b'].forEach(
        (appId) =>
          new IdempotentConsumer(platform, appId, {
            ...{ pubSub, database, manifest: { ...orderProcessor, appId } },
            serviceAccount: { name: 'shared', create },
          }),
      );
      return test;
    };
    expect(accounts(shared(false).objects()).used.get('b')).toBe('shared');
    expect(messageOf(() => shared(true).objects())).toContain("ServiceAccount 'shared'");
  });

  it('is rejected with its path, every wrong value, and what is right', () => {
    const message = messageOf(() =>
      declared({ name: 'Orders', annotations: { 'not valid!': '' } }),
    );
    expect(message).toContain(
      "test/order-processor: serviceAccount.name 'Orders' is not a DNS subdomain: use a-z",
    );
    expect(message).toContain(
      "serviceAccount.annotations 'not valid!' is not a key of labels and annotations",
    );
    expect(messageOf(() => declared({ create: false, annotations: ROLE }))).toBe(
      'test/order-processor: serviceAccount.annotations (eks.amazonaws.com/role-arn) are of a ServiceAccount that is not rendered (create: false): annotate it where it is created, or leave out create [EP1002]',
    );
    expect(messageOf(() => declared({ name: 'default' }))).toContain(
      "serviceAccount.name 'default' is the ServiceAccount that every namespace has: set create to false, or use another name",
    );
    const misspelt = { annotation: ROLE } as ServiceAccountOptions;
    expect(messageOf(() => declared(misspelt))).toContain('annotation');
  });
});

describe.each([Environment.local(), inProduction()])(
  'the ServiceAccount of all pods, $name',
  (environment) => {
    it('is that of every pod without one of its own, and apps keep theirs', () => {
      const { used } = accounts(
        declared(undefined, { name: 'events', create: false }, environment).objects(),
      );
      const apps = [shop.appId, orderProcessor.appId, 'dead-letter-processor'];
      expect(used.size).toBeGreaterThan(apps.length + 3);
      for (const [workload, account] of used) {
        expect(account, workload).toBe(apps.includes(workload) ? workload : 'events');
      }
    });

    it('is rendered with the namespace, before any pod', () => {
      const test = declared(undefined, { name: 'events', annotations: ROLE }, environment);
      const objects = test.objects();
      const index = objects.findIndex(
        ({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === 'events',
      );
      expect(objects[index]).toMatchObject({
        metadata: { annotations: ROLE },
        automountServiceAccountToken: false,
      });
      const firstPod = objects.findIndex(({ spec }) => spec?.template?.spec?.containers);
      expect(index).toBeLessThan(firstPod);
    });

    it.each([undefined, { name: 'events' }])('is there wherever a pod names it: %j', (defaults) => {
      const { rendered, used } = accounts(declared(undefined, defaults, environment).objects());
      for (const account of used.values()) {
        expect([undefined, ...rendered]).toContain(account);
      }
    });
  },
);

it('pods of your own have the default, unless they say another', () => {
  const test = new TestPlatform(
    Environment.local(),
    (platform) => new KafkaCluster(platform, 'kafka'),
    { defaults: { serviceAccount: { name: 'events', create: false } } },
  );
  test.producer();
  const pod = { containers: [{ name: 'it', image: 'it:1' }] };
  const mine = (name: string, spec: object) =>
    new ApiObject(test.platform, name, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name },
      spec: { template: { spec } },
    });
  mine('plain', pod);
  mine('named', { ...pod, serviceAccountName: 'mine' });
  const { used } = accounts(test.objects());
  expect([used.get('plain'), used.get('named')]).toEqual(['events', 'mine']);
});

it('a wrong ServiceAccount of all pods is rejected with the platform', () => {
  expect(messageOf(() => declared(undefined, { name: 'Not Valid' }))).toContain(
    "test: defaults.serviceAccount.name 'Not Valid' is not a DNS subdomain",
  );
  expect(messageOf(() => declared(undefined, {} as DefaultServiceAccount))).toContain(
    'defaults.serviceAccount',
  );
});
