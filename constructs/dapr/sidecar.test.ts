import { Duration, Size } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderProcessor } from '../testing/fixtures.ts';
import { sidecarAnnotations, type SidecarOptions } from './sidecar.ts';

const options: SidecarOptions = {
  configuration: 'event-platform',
  shutdown: Duration.seconds(25),
  maxMessageSize: Size.mebibytes(1),
  tokenSecret: 'order-processor-sidecar-token',
};

const annotations = (change: Partial<SidecarOptions> = {}) =>
  sidecarAnnotations(orderProcessor, { ...options, ...change });

describe('sidecarAnnotations', () => {
  it('are strings, all of them', () => {
    for (const [name, value] of Object.entries(annotations())) {
      expect(name).toMatch(/^dapr\.io\//);
      expect(value).toEqual(expect.any(String));
    }
  });

  it('let a body in that is larger than any message of the broker', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1 << 18 }), (kibibytes) => {
        const limit = annotations({ maxMessageSize: Size.kibibytes(kibibytes) })[
          'dapr.io/max-body-size'
        ]!;
        expect(limit).toMatch(/^\d+Mi$/);
        expect(parseInt(limit) * 1024).toBeGreaterThan(kibibytes);
        expect(parseInt(limit)).toBeGreaterThanOrEqual(4);
      }),
    );
  });

  it('deliver only while the app is ready, which is asked every second', () => {
    expect(annotations()).toMatchObject({
      'dapr.io/enable-app-health-check': 'true',
      'dapr.io/app-health-check-path': '/readyz',
      'dapr.io/app-health-probe-interval': '1',
    });
  });

  it('read no Secret in the pod', () => {
    expect(annotations()['dapr.io/disable-builtin-k8s-secret-store']).toBe('true');
  });

  it('take other sizes', () => {
    expect(
      annotations({
        cpuRequest: '1',
        memoryRequest: Size.gibibytes(1),
        memoryLimit: Size.gibibytes(2),
      }),
    ).toMatchObject({
      'dapr.io/sidecar-cpu-request': '1',
      'dapr.io/sidecar-memory-request': '1024Mi',
      'dapr.io/sidecar-memory-limit': '2048Mi',
    });
  });
});
