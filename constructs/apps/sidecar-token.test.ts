import { expect, it } from 'vitest';
import { TestPlatform } from '../testing/fixtures.ts';

it('gives each app and its sidecar a token that no other app has', () => {
  const test = new TestPlatform();
  test.producer();
  test.consumer();
  for (const appId of ['shop', 'order-processor']) {
    const { metadata, spec } = test.object('Deployment', appId).spec.template;
    const name = `${appId}-sidecar-token`;
    expect(metadata.annotations).toMatchObject({
      'dapr.io/api-token-secret': name,
      'dapr.io/app-token-secret': name,
    });
    const valueFrom = { secretKeyRef: { name, key: 'token' } };
    expect(spec.containers[0].env).toEqual(
      expect.arrayContaining([
        { name: 'APP_API_TOKEN', valueFrom },
        { name: 'DAPR_API_TOKEN', valueFrom },
      ]),
    );
    expect(test.platform.secrets.find((secret) => secret.name === name)?.keys).toEqual({
      token: { kind: 'random' },
    });
  }
});
