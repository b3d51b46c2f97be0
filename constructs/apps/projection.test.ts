import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  defineApp,
  defineProjection,
  defineStoredEvent,
  defineStreams,
} from '@cdk8s-event-platform/contracts';
import { EventStore } from '../data/index.ts';
import { TestPlatform } from '../testing/fixtures.ts';
import { EventApp, Projection } from './index.ts';

const Placed = defineStoredEvent({
  type: 'com.example.parcel.packed',
  version: '1.0.0',
  description: 'An order was placed.',
  schema: { type: 'object', properties: {} },
});
const Orders = defineStreams({ name: 'orders', description: 'One order.', events: [Placed] });
const orderView = (version: number) =>
  defineProjection({
    ...{ name: 'order-view', version, description: 'Orders to read.' },
    tables: (table) =>
      `CREATE TABLE ${table()} (id text); CREATE TABLE ${table('items')} (id text);`,
  });
const manifest = (appId: string, version = 1) =>
  defineApp({
    ...{ appId, description: 'Orders to read.', port: 8080 },
    streams: [Orders],
    projections: [orderView(version)],
  });

function declare(version = 1, props: object = {}) {
  const test = new TestPlatform();
  test.producer();
  const { database, pubSub, platform } = test;
  new EventStore(platform, 'store', { database });
  const app = new Projection(platform, 'orders', {
    ...{ manifest: manifest('orders', version), pubSub, database },
    ...props,
  });
  return { test, app };
}

describe('a projection', () => {
  it('has tables of each version, which its role writes', () => {
    const { test, app } = declare(2);
    expect(app.database.migrations.map(({ name }) => name)).toContain('projection-order-view-v2');
    const files = test
      .objects()
      .filter(({ kind }) => kind === 'ConfigMap')
      .flatMap(({ data }) => Object.entries((data ?? {}) as Record<string, string>));
    const texts = new Map(files);
    expect(texts.get('projection-order-view-v2.sql')).toContain(
      'CREATE TABLE order_view_v2 (id text); CREATE TABLE order_view_items_v2',
    );
    const [, access] = files.find(([name]) => name.endsWith('-access.json'))!;
    expect(access).toContain('"projections":["order-view"]');
  });

  it('has a rollout that waits for a new version, and never has too few pods', () => {
    const { spec } = declare().test.object('Deployment', 'orders');
    expect(spec.progressDeadlineSeconds).toBe(3_600);
    expect(spec.strategy.rollingUpdate.maxUnavailable).toBe(0);
    const longer = declare(1, { rebuildTimeout: Duration.hours(6) }).test;
    expect(longer.object('Deployment', 'orders').spec.progressDeadlineSeconds).toBe(21_600);
    expect(
      declare().test.object('Deployment', 'shop').spec.progressDeadlineSeconds,
    ).toBeUndefined();
  });

  it('has alerts', () => {
    const { test, app } = declare();
    const [group] = test.object('PrometheusRule', 'orders-projections-alerts').spec.groups;
    const names = group.rules.map(({ alert }: { alert: string }) => alert);
    expect(names).toEqual(['ProjectionBehind', 'ProjectionStopped']);
    expect(app.projectionAlerts.alerts).toHaveLength(2);
    expect(app.alwaysRuns).toBe(true);
  });

  it('is declared once in a database, by an app that has some', () => {
    const { test } = declare();
    const { platform, database, pubSub } = test;
    new EventApp(platform, 'copy', { manifest: manifest('copy'), pubSub, database });
    expect(() => test.objects()).toThrow(
      /the projection 'order-view' of app 'copy' is one of '[^']+orders', too, in the same database.*EP5003/,
    );
    const plain = defineApp({ appId: 'plain', description: 'x', port: 8080 });
    expect(() => new Projection(platform, 'plain', { manifest: plain, pubSub, database })).toThrow(
      "app manifest 'plain' has no projections",
    );
  });
});

describe('stored events', () => {
  it('are versioned as published ones: an incompatible change needs another major', () => {
    const { test } = declare();
    const { platform, database, pubSub } = test;
    const changed = defineStoredEvent({
      ...{ type: Placed.type, version: '1.1.0', description: 'An order was placed.' },
      schema: { type: 'object', required: ['n'], properties: { n: { type: 'string' } } },
    });
    const streams = [defineStreams({ name: 'orders', description: 'x', events: [changed] })];
    const other = defineApp({ appId: 'other', description: 'x', port: 8080, streams });
    new EventApp(platform, 'other', { manifest: other, pubSub, database });
    expect(() => test.objects()).toThrow(
      /test\/other: event 'com.example.parcel.packed' 1.1.0 is not backward compatible with 1.0.0.*EP2008/,
    );
    const same = defineStoredEvent({ ...changed, version: '1.0.0' });
    const clash = defineApp({
      ...{ appId: 'clash', description: 'x', port: 8080 },
      streams: [defineStreams({ name: 'orders', description: 'x', events: [same] })],
    });
    expect(() => new EventApp(platform, 'clash', { manifest: clash, pubSub, database })).toThrow(
      "event 'com.example.parcel.packed' differs from what 'test/orders' uses in schema",
    );
  });
});

describe('defineProjection', () => {
  it.each([
    [{ name: 'Order View' }, "name 'Order View' is not a DNS label"],
    [{ version: 0 }, 'version (0) must be a whole number from 1 to 9999'],
    [{ tables: () => 'CREATE TABLE orders (id text)' }, 'tables names no table by its parameter'],
    [{ tables: 'CREATE TABLE orders' }, 'must be a function that returns SQL'],
    [
      { tables: (table: (name: string) => string) => table('Items') },
      "table 'order_view_Items_v1'",
    ],
    [{ name: 'a'.repeat(63) }, 'is not a plain SQL name of at most 63'],
  ])('refuses %o', (wrong, problem) => {
    const declaration = {
      ...{ name: 'order-view', version: 1, description: 'x' },
      tables: (table: () => string) => `CREATE TABLE ${table()} (id text)`,
      ...wrong,
    };
    expect(() => defineProjection(declaration as never)).toThrow(problem);
    expect(() => defineProjection(declaration as never)).toThrow('EP2022');
  });

  it('lists every problem of nothing', () => {
    expect(() => defineProjection(undefined as never)).toThrow('EP2022');
  });

  it('is listed once by an app, with streams', () => {
    const app = (more: object) =>
      defineApp({ appId: 'orders', description: 'x', port: 8080, ...more });
    expect(() => app({ streams: [Orders], projections: [orderView(1), orderView(2)] })).toThrow(
      "projections lists 'order-view' twice",
    );
    expect(() => app({ projections: [orderView(1)] })).toThrow(
      'projections are built from streams of events',
    );
    expect(() => app({ projections: [{ name: 'x' }] })).toThrow('use defineProjection');
    const { migrations } = manifest('orders');
    expect(migrations?.map(({ name }) => name)).toEqual(['projection-order-view-v1']);
  });
});
