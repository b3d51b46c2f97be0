import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { type AppManifest, defineApp, defineCommand } from '@cdk8s-event-platform/contracts';
import { EventApp } from '../apps/event-app.ts';
import { ExternalKafkaAuthentication, KafkaCluster } from '../index.ts';
import { inProduction, TestPlatform } from '../testing/fixtures.ts';
import { manifestProblems } from '../testing/manifest-problems.ts';
import { messageOf } from '../testing/refusal.ts';

const Charge = defineCommand({
  type: 'com.example.payment.charge',
  version: '1.0.0',
  topic: 'charges',
  key: 'order_id',
  description: 'Asks for money.',
  schema: {
    type: 'object',
    required: ['order_id'],
    properties: { order_id: { type: 'string', maxLength: 64 } },
  },
  reply: {
    schema: {
      type: 'object',
      required: ['charged'],
      properties: { charged: { type: 'boolean' } },
    },
  },
  priorities: ['urgent'],
});
const app = (appId: string, manifest: Partial<AppManifest>) =>
  defineApp({ appId, description: 'Does.', port: 8080, ...manifest });
const asker = app('orders', { requests: [Charge], serves: true });
const sender = app('orders', { publishes: [Charge], serves: true });
const payments = (appId = 'payments') => app(appId, { subscribes: [Charge] });

function platformOf(...manifests: readonly AppManifest[]) {
  const test = new TestPlatform();
  const { platform, pubSub, database } = test;
  const apps = manifests.map(
    (manifest) => new EventApp(platform, manifest.appId, { manifest, pubSub, database }),
  );
  return { test, apps };
}

describe('a command', () => {
  it('has its topics, rights, table and alert by the manifests alone', () => {
    const { test, apps } = platformOf(asker, payments());
    const { objects } = { objects: test.objects() };
    expect(manifestProblems(objects)).toEqual([]);
    expect(
      test.pubSub.topics.map(({ name, publishers, subscribers }) => [
        name,
        publishers,
        subscribers,
      ]),
    ).toEqual([
      ['charges', ['orders'], ['payments']],
      ['charges.replies', ['payments'], ['orders']],
      ['charges.urgent', ['orders'], ['payments']],
    ]);
    expect(test.alert('CommandsUnanswered').expr).toContain('command_requests_total{job="');
    expect(apps.map(({ requestAlerts }) => requestAlerts !== undefined)).toEqual([true, false]);
    const access = JSON.stringify(objects.filter(({ kind }) => kind === 'ConfigMap'));
    expect(access).toMatch(/\.orders[^}]*sent_requests/);
    expect(access).not.toMatch(/\.payments[^}]*sent_requests/);
  });

  it('may be sent without waiting for an answer', () => {
    const { test } = platformOf(sender, payments());
    expect(test.pubSub.findTopic('charges.replies')).toMatchObject({ subscribers: [] });
    expect(test.alerts('CommandsUnanswered')).toEqual([]);
  });

  it('is refused with two handlers', () => {
    const { test } = platformOf(asker, payments(), payments('billing'));
    const message = messageOf(() => test.objects());
    expect(message).toContain(
      "command 'com.example.payment.charge' is handled by 'billing' and 'payments', and each would carry it out",
    );
    expect(message).toContain('[EP2015]');
  });

  it('is refused with a second handler of a priority alone', () => {
    const urgent = app('billing', {
      subscribes: [Charge.priorities.urgent],
      publishes: [Charge.reply],
    });
    const { test } = platformOf(asker, payments(), urgent);
    expect(messageOf(() => test.objects())).toContain(
      "command 'com.example.payment.charge.urgent' is handled by 'billing' and 'payments'",
    );
  });

  it('is refused without a handler', () => {
    const { test } = platformOf(sender);
    expect(messageOf(() => test.objects())).toContain(
      "command 'com.example.payment.charge' is sent by 'orders', and no app handles it: list it under 'subscribes' of one manifest, or import its topic",
    );
  });

  it('may be handled by another platform, whose topics are imported', () => {
    const test = new TestPlatform(inProduction(), (platform) =>
      KafkaCluster.fromBootstrap(platform, 'kafka', {
        bootstrapServers: ['kafka.shared:9092'],
        authentication: ExternalKafkaAuthentication.none(),
      }),
    );
    const { platform, pubSub, database } = test;
    pubSub.importTopic(Charge, { partitions: 3, retention: Duration.days(7) });
    pubSub.importTopic(Charge.priorities.urgent, { partitions: 3 });
    pubSub.importTopic(Charge.reply, { partitions: 3 });
    new EventApp(platform, 'orders', { manifest: asker, pubSub, database });
    expect(manifestProblems(test.objects())).toEqual([]);
  });

  it('may be handled by a client of another namespace', () => {
    const { test } = platformOf(sender);
    test.broker.admitClient('payments', {
      namespace: 'finance',
      receives: [Charge, Charge.priorities.urgent],
    });
    expect(messageOf(() => test.objects())).toBe('nothing was refused');
  });

  it('may be there in two versions, each with one handler', () => {
    const Second = defineCommand({
      ...Charge,
      ...{ version: '2.0.0', topic: 'charges-2', reply: undefined, priorities: undefined },
    });
    const { test } = platformOf(
      app('orders', { publishes: [Charge, Second], serves: true }),
      payments(),
      app('new-payments', { subscribes: [Second] }),
    );
    expect(manifestProblems(test.objects())).toEqual([]);
  });
});

it('an app without events does not reach the broker', () => {
  const { test } = platformOf(asker, payments(), app('page', { serves: true }));
  const reachedBy = (name: string) =>
    JSON.stringify((test.object('NetworkPolicy', name).spec as { egress: unknown }).egress);
  expect(reachedBy('payments')).toContain('"kafka"');
  expect(reachedBy('page')).not.toContain('"kafka"');
});
