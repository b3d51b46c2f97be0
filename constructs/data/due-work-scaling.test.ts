import { describe, expect, it } from 'vitest';
import type { Environment } from '../platform/index.ts';
import { type AnyManifest, inProduction, TestPlatform } from '../testing/fixtures.ts';

/** The trigger of the consumer that asks the database. */
function trigger(test: TestPlatform): AnyManifest {
  const { triggers } = test.object('ScaledObject', 'order-processor').spec as {
    triggers: AnyManifest[];
  };
  return triggers.find(({ type }) => type === 'postgresql')!;
}

function withConsumer(environment?: Environment): TestPlatform {
  const test = new TestPlatform(environment);
  test.producer();
  test.consumer();
  return test;
}

describe('a consumer at zero is woken by what is due in its database', () => {
  it('by a role that counts alone, and through its policy', () => {
    const test = withConsumer();
    expect(trigger(test)).toMatchObject({
      metricType: 'AverageValue',
      authenticationRef: { name: 'postgres-keda' },
      metadata: { sslmode: 'disable', activationTargetQueryValue: '0', targetQueryValue: '1000' },
    });
    expect(test.object('TriggerAuthentication', 'postgres-keda').spec).toEqual({
      secretTargetRef: [
        { parameter: 'userName', name: 'postgres-due-work', key: 'username' },
        { parameter: 'password', name: 'postgres-due-work', key: 'password' },
      ],
    });
    expect(test.object('NetworkPolicy', 'postgres-keda').spec).toMatchObject({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'postgres' } },
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'keda' } } }],
          ports: [{ port: 5432 }],
        },
      ],
    });
    expect(test.alerts('DueWorkWaiting')).toHaveLength(1);
  });

  it.each([
    ['verify-full', { host: 'db.example.com' }],
    ['require', { host: 'db.example.com', certificateAuthority: 'PEM' }],
  ])('of a server outside, with %s', (sslmode, postgres) => {
    const test = withConsumer(inProduction({ postgres }));
    expect(trigger(test).metadata).toMatchObject({ host: 'db.example.com', sslmode });
    expect(test.objects().map(({ metadata }) => metadata.name)).toContain('postgres-keda');
    expect(
      test
        .objects()
        .filter(
          ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'postgres-keda',
        ),
    ).toEqual([]);
  });
});
