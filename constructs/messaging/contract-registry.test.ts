import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Testing } from 'cdk8s';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  defineApp,
  defineEvent,
  type EventContract,
  type EventSchema,
} from '@cdk8s-event-platform/contracts';
import { lockedContract, lockText } from '@cdk8s-event-platform/contracts/compatibility/internal';
import type { DeclarationError } from '../core/errors.ts';
import { Environment } from '../platform/index.ts';
import { OrderPlaced, orderProcessor, shop, TestPlatform } from '../testing/fixtures.ts';

/** A version of OrderPlaced, with properties beside its own. */
function version(
  name: string,
  properties: object,
  more: Partial<EventContract> = {},
): EventContract {
  const schema: object = {
    ...(OrderPlaced.schema as object),
    properties: { ...OrderPlaced.schema.properties, ...properties },
  };
  const define = defineEvent as (contract: unknown) => unknown;
  return define({
    ...{ ...OrderPlaced, version: name, schema: schema as EventSchema },
    ...more,
  }) as EventContract;
}

const NOTE = { type: 'string', maxLength: 100 };
const V1 = version('1.0.0', { note: NOTE });
const V2 = version('1.1.0', { note: NOTE, gift: { type: 'boolean' } });
const LONGER = version('1.1.0', { note: { ...NOTE, maxLength: 200 } });

const publishing = (contract: EventContract) => defineApp({ ...shop, publishes: [contract] });
const receiving = (contract: EventContract) =>
  defineApp({ ...orderProcessor, subscribes: [contract] });

describe('versions of one event in a platform', () => {
  it('may differ where a consumer accepts what is published', () => {
    for (const [published, received] of [
      [V1, V2],
      [V2, V1],
      // Consumers first.
      [V1, { ...LONGER, compatibility: 'backward' }],
    ] as const) {
      const test = new TestPlatform();
      test.producer(publishing(published));
      test.consumer({}, receiving(received));
      expect(() => test.objects()).not.toThrow();
    }
  });

  it('are refused where a consumer does not, whichever is declared first', () => {
    const problem =
      "event 'com.example.order.placed' 1.1.0, which 'test/shop' publishes, is not accepted by 1.0.0, which 'test/order-processor' subscribes to: $.note may have 200 characters, and must have at most 100: have both use one version, change the schemas so that both accept it, or publish 2.0.0 on a new topic [EP2008]";
    const test = new TestPlatform();
    test.producer(publishing(LONGER));
    expect(() => test.consumer({}, receiving(V1))).toThrow(`test/order-processor: ${problem}`);
    const other = new TestPlatform();
    other.consumer({}, receiving(V1));
    expect(() => other.producer(publishing(LONGER))).toThrow(`test/shop: ${problem}`);
  });

  it('must have one topic, key and order within a major', () => {
    const test = new TestPlatform();
    test.producer(publishing(V1));
    expect(() => test.consumer({}, receiving({ ...V2, topic: 'orders', ordered: true }))).toThrow(
      "test/order-processor: event 'com.example.order.placed' 1.1.0 differs from 1.0.0, what 'test/shop' uses, in topic ('orders', and 'order-placed'), ordered (true, and false): within a major they stay, use 2.0.0 on a new topic [EP2008]",
    );
  });

  it('have nothing to do with each other when the major is another one', () => {
    const test = new TestPlatform();
    test.producer(publishing(V1));
    const next = version(
      '2.0.0',
      { note: { type: 'integer', minimum: 0, maximum: 9 } },
      { topic: 'orders-2' },
    );
    const manifest = defineApp({ ...shop, appId: 'market', publishes: [next] });
    expect(() => test.producer(manifest)).not.toThrow();
  });
});

describe('the lock file of contracts at synth', () => {
  let folder: string;
  const back = process.cwd();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lock-'));
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(back);
    rmSync(folder, { recursive: true });
  });

  const lockOf = (...contracts: EventContract[]) =>
    lockText({
      [OrderPlaced.type]: Object.fromEntries(
        contracts.map((contract) => [contract.version, lockedContract(contract)]),
      ),
    });
  const lock = (text: string, file = 'contracts.lock.json') =>
    writeFileSync(join(folder, file), text);
  const platformOf = (contract: EventContract, contractsLock?: string | false) => {
    const test = new TestPlatform(
      Environment.local(),
      {},
      contractsLock === undefined ? {} : { contractsLock },
    );
    test.producer(publishing(contract));
    test.consumer({}, receiving(contract));
    return test;
  };

  it('lets what is locked, new or compatible pass', () => {
    lock(lockOf(V1));
    for (const contract of [V1, V2, { ...V1, type: 'com.example.order.lost' }]) {
      expect(() => platformOf(contract).objects()).not.toThrow();
    }
  });

  it('refuses an incompatible change with path, field, consumers, remedy and code', () => {
    lock(lockOf(V1));
    expect(() => platformOf(LONGER).objects()).toThrow(
      "test/shop: event 'com.example.order.placed' 1.1.0 is not forward compatible with 1.0.0: consumers of 1.0.0 ('order-processor') would reject data of 1.1.0, in which $.note may have 200 characters, and must have at most 100: change the schema so that both accept it, or use 2.0.0 on a new topic and upcast 1.x [EP2008]",
    );
    expect(() => platformOf({ ...V1, schema: V2.schema }).objects()).toThrow(
      'a changed schema needs a higher version, use 1.1.0 [EP2009]',
    );
  });

  it('is refused when it is edited by hand, and stays as it is', () => {
    lock(lockOf(V1).replace('"maxLength": 100', '"maxLength": 200'));
    const test = () => platformOf(LONGER);
    expect(test).toThrow(
      "test: contracts.lock.json: 1.0.0 of 'com.example.order.placed' was edited",
    );
    expect(test).toThrow(
      expect.objectContaining({ codes: ['EP2010'] } satisfies Partial<DeclarationError>) as Error,
    );
  });

  it('may have another name, which must be there, or be left out', () => {
    lock(lockOf(V1), 'other.json');
    expect(() => platformOf(LONGER).objects()).not.toThrow();
    expect(() => platformOf(LONGER, 'other.json').objects()).toThrow('EP2008');
    expect(() => platformOf(V1, 'gone.json')).toThrow(
      'test: contractsLock (gone.json) cannot be read: run event-platform contracts, which writes it (ENOENT) [EP2010]',
    );
    lock('{}');
    expect(() => platformOf(LONGER, false).objects()).not.toThrow();
    const wrong = true as unknown as string;
    expect(() => platformOf(V1, wrong)).toThrow('contractsLock (true) must be the path of a file');
  });

  it('is compared when cdk8s synthesizes, too', () => {
    lock(lockOf(V1));
    const synth = () => void Testing.synth(platformOf(LONGER).platform);
    expect(synth).toThrow('[test] test/shop: event');
  });
});
