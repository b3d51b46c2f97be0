import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { defineApp } from '@cdk8s-event-platform/contracts';
import { DaprConfiguration } from '../dapr/dapr-configuration.ts';
import type { InvokedOperation } from '../dapr/invoked-operations.ts';
import { TestPlatform } from '../testing/fixtures.ts';
import { manifestProblems } from '../testing/manifest-problems.ts';
import { messageOf } from '../testing/refusal.ts';
import type { EventAppProps } from './event-app-props.ts';
import { EventService } from './event-service.ts';

const READ: readonly InvokedOperation[] = [{ methods: ['GET'], path: '/routes/*' }];

const image = { description: 'Answers.', port: 8080 };

/** A platform with a producer, whose other apps serve without events and database. */
function declared() {
  const test = new TestPlatform();
  test.producer();
  const { platform, pubSub } = test;
  const service = (appId: string, props: Partial<EventAppProps> = {}) =>
    new EventService(platform, appId, {
      manifest: defineApp({ ...image, appId }),
      pubSub,
      ...props,
    });
  return { test, platform, service };
}

describe('grantInvoke', () => {
  it("opens operations to the caller's identity, and nothing else to anybody", () => {
    const { test, service } = declared();
    const [gateway, routes] = [service('gateway'), service('routes')];
    gateway.grantInvoke(routes, READ);
    gateway.grantInvoke(routes, [{ methods: ['POST'], path: '/routes/*' }]);
    const base = test.object('Configuration', 'event-platform').spec;
    expect(base.accessControl).toEqual({ defaultAction: 'deny', trustDomain: 'public' });
    expect(test.object('Configuration', 'routes-callers').spec).toEqual({
      ...base,
      accessControl: {
        defaultAction: 'deny',
        trustDomain: 'public',
        policies: [
          {
            appId: 'gateway',
            defaultAction: 'deny',
            trustDomain: 'public',
            namespace: test.platform.environment.namespace,
            operations: [{ name: '/routes/*', httpVerb: ['GET', 'POST'], action: 'allow' }],
          },
        ],
      },
    });
    for (const [appId, name] of [
      ['routes', 'routes-callers'],
      ['gateway', 'event-platform'],
    ] as const) {
      const { annotations } = test.object('Deployment', appId).spec.template.metadata;
      expect(annotations['dapr.io/config']).toBe(name);
    }
    expect(manifestProblems(test.objects())).toEqual([]);
  });

  it('replaces the pods of the callee when a caller is added, and no others', () => {
    const views = (grant: boolean) => {
      const { test, service } = declared();
      const [gateway, routes, other] = [service('gateway'), service('routes'), service('other')];
      gateway.grantInvoke(routes, READ);
      if (grant) {
        other.grantInvoke(routes, READ);
      }
      return Object.fromEntries(
        ['gateway', 'routes'].map((name) => [
          name,
          test.object('Deployment', name).spec.template.metadata.annotations[
            'event-platform/sidecar-view'
          ] as string,
        ]),
      );
    };
    expect(views(true).gateway).toBe(views(false).gateway);
    expect(views(true).routes).not.toBe(views(false).routes);
  });

  it('opens the network from the one sidecar to the other', () => {
    const { test, service } = declared();
    type Spec = Readonly<Record<'ingress' | 'egress', readonly object[]>>;
    const before = [service('gateway'), service('routes')].map(
      ({ appId }) => test.object('NetworkPolicy', appId).spec as Spec,
    );
    const [gateway, routes] = test.platform.node.children.filter(
      (child): child is EventService => child instanceof EventService,
    );
    gateway!.grantInvoke(routes!, READ);
    gateway!.grantInvoke(routes!, READ);
    const sidecars = (name: string) => [
      { podSelector: { matchExpressions: [expect.objectContaining({ values: [name] })] } },
    ];
    const ports = [{ protocol: 'TCP', port: 50_002 }];
    expect(test.object('NetworkPolicy', 'gateway').spec).toEqual({
      ...before[0],
      egress: [...before[0]!.egress, { to: sidecars('routes'), ports }],
    });
    expect(test.object('NetworkPolicy', 'routes').spec).toEqual({
      ...before[1],
      ingress: [...before[1]!.ingress, { from: sidecars('gateway'), ports }],
    });
  });

  it('gives calls a timeout, which turns the retries of Dapr off, also without events', () => {
    const { test, service } = declared();
    const [gateway, routes, other] = [service('gateway'), service('routes'), service('other')];
    expect(gateway.resiliency).toBeUndefined();
    gateway.grantInvoke(routes, READ, { timeout: Duration.millis(1_500) });
    gateway.grantInvoke(routes, [{ methods: ['PUT'], path: '/admin/**' }]);
    gateway.grantInvoke(other, READ);
    expect(gateway.resiliency).toBeDefined();
    expect(routes.resiliency).toBeUndefined();
    expect(test.object('Resiliency', 'gateway-resiliency')).toMatchObject({
      scopes: ['gateway'],
      spec: {
        policies: { timeouts: { 'call-other': '10s', 'call-routes': '1500ms' } },
        targets: { apps: { other: { timeout: 'call-other' }, routes: { timeout: 'call-routes' } } },
      },
    });
    expect(test.object('Resiliency', 'gateway-resiliency').spec.targets).not.toHaveProperty(
      'components',
    );
  });

  it('adds an alert on calls that fail, once', () => {
    const { test, service } = declared();
    const [gateway, routes, other] = [service('gateway'), service('routes'), service('other')];
    gateway.grantInvoke(routes, READ);
    gateway.grantInvoke(other, READ);
    const { groups } = test.object('PrometheusRule', 'gateway-calls-alerts').spec;
    expect(groups[0].rules).toMatchObject([
      { alert: 'AppCallsFailing', labels: { caller: 'gateway', severity: 'warning' } },
    ]);
  });

  it('keeps what a consumer retries, beside the timeout of its calls', () => {
    const { test, service } = declared();
    const consumer = test.consumer();
    consumer.grantInvoke(service('routes'), READ);
    const { targets, policies } = test.object('Resiliency', 'order-processor-resiliency').spec;
    expect(Object.keys(policies.retries as object).toSorted()).toEqual(['deliver', 'publish']);
    expect(targets.components.pubsub.inbound).toEqual({ retry: 'deliver' });
    expect(targets.apps).toEqual({ routes: { timeout: 'call-routes' } });
  });

  it('keeps the settings of the Configuration that the callee names, also one that is declared later', () => {
    const { test, platform, service } = declared();
    const routes = service('routes', { configuration: 'quiet' });
    service('gateway').grantInvoke(routes, READ);
    new DaprConfiguration(platform, 'quiet', { traceSampling: 0.25 });
    const { tracing, accessControl } = test.object('Configuration', 'routes-callers').spec;
    expect(tracing.samplingRate).toBe('0.25');
    expect(accessControl.policies).toHaveLength(1);
    expect(test.object('Configuration', 'quiet').spec.accessControl).not.toHaveProperty('policies');
  });

  it('rejects an app that takes no requests', () => {
    const { test, service } = declared();
    const consumer = test.consumer();
    expect(messageOf(() => service('gateway').grantInvoke(consumer, READ))).toBe(
      "test/gateway: app 'order-processor' takes no requests: set 'serves' in its manifest, or publish an event instead [EP4008]",
    );
  });

  it('rejects calls of itself, and of an app of another platform', () => {
    const gateway = declared().service('gateway');
    expect(messageOf(() => gateway.grantInvoke(gateway, READ))).toBe(
      "test/gateway: app 'gateway' cannot be granted calls of itself: call a function [EP4008]",
    );
    expect(messageOf(() => gateway.grantInvoke(declared().service('routes'), READ))).toContain(
      "callee 'test/routes' is of platform 'test'",
    );
  });

  it('rejects operations that contradict those of an earlier call', () => {
    const { service } = declared();
    const [gateway, routes] = [service('gateway'), service('routes')];
    gateway.grantInvoke(routes, READ);
    expect(
      messageOf(() => gateway.grantInvoke(routes, [{ methods: ['POST'], path: '/routes/**' }])),
    ).toMatch(/paths '\/routes\/\*' and '\/routes\/\*\*' overlap.*\[EP4008\]/);
  });

  it.each([
    [{ callee: {} }, 'callee (an object with nothing) must be an app, e.g. an EventService'],
    [{ operations: [{ methods: ['get'], path: '/a/*' }] }, "operations[0].methods[0] ('get')"],
    [{ operations: undefined }, 'operations'],
    [{ options: { timeout: Duration.millis(0) } }, 'must be 1 ms to 5 minutes'],
    [{ options: { timout: Duration.seconds(1) } }, 'timout'],
  ])('says what is wrong to callers without a compiler (%#)', (given, message) => {
    const { service } = declared();
    const [gateway, routes] = [service('gateway'), service('routes')];
    const { callee, operations, options } = {
      ...{ callee: routes, operations: READ, options: {} },
      ...(given as object),
    };
    expect(messageOf(() => gateway.grantInvoke(callee, operations, options))).toContain(message);
  });
});
