import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineApp, type AppManifest, manifestProblems } from './app-manifest.ts';
import { METRICS_PORT } from './interface/runtime.ts';

const image: AppManifest = { appId: 'worker', description: 'Works.', port: 8080 };
const SIDECAR = [3500, 3501, 9090, 50_001, 50_002];

describe('app ids', () => {
  it('are DNS labels that leave room for the Service of Dapr', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 70 }), (appId) => {
        fc.pre(manifestProblems({ ...image, appId }).length === 0);
        expect(`${appId}-dapr`).toMatch(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]([a-z0-9-]{0,56}[a-z0-9])?$/), (appId) => {
        expect(manifestProblems({ ...image, appId })).toEqual([]);
      }),
    );
  });

  it('are refused with value and remedy', () => {
    expect(manifestProblems({ ...image, appId: 'My_App' })).toEqual([
      "appId 'My_App' is not a DNS label: use a-z, 0-9 and '-', starting with a letter",
    ]);
    const appId = 'a'.repeat(59);
    expect(manifestProblems({ ...image, appId })).toEqual([
      `appId '${appId}' has 59 characters: Dapr's Service '<appId>-dapr' allows at most 58`,
    ]);
  });
});

describe('ports', () => {
  it('are unprivileged, and not of the sidecar', () => {
    const usable = fc
      .integer({ min: 1024, max: 65_535 })
      .filter((port) => ![...SIDECAR, METRICS_PORT].includes(port));
    fc.assert(
      fc.property(usable, (port) => {
        expect(manifestProblems({ ...image, port })).toEqual([]);
      }),
    );
  });

  it.each([-1, 0, 80, 1023, 65_536, 8080.5, NaN])('refuse %d', (port) => {
    expect(manifestProblems({ ...image, port })).toEqual([
      `port ${port} is not usable by a process without privileges: use 1024 to 65535, e.g. 8080`,
    ]);
  });

  it('leave 9464 to metrics', () => {
    expect(manifestProblems({ ...image, port: METRICS_PORT })).toEqual([
      'port 9464 is the one that images serve metrics on: use another, e.g. 8080',
    ]);
  });

  it.each(SIDECAR)('leave %d to the sidecar', (port) => {
    expect(manifestProblems({ ...image, port })).toEqual([
      `port ${port} belongs to the Dapr sidecar in the same pod: use another, e.g. 8080`,
    ]);
  });
});

it('defineApp names the image, and every problem on a line of its own', () => {
  expect(() => defineApp({ ...image, appId: 'App', port: 80 })).toThrow(
    new Error(
      "app manifest 'App' is not valid [EP2002]:\n" +
        "- appId 'App' is not a DNS label: use a-z, 0-9 and '-', starting with a letter\n" +
        '- port 80 is not usable by a process without privileges: use 1024 to 65535, e.g. 8080',
    ),
  );
  expect(Object.isFrozen(defineApp(image))).toBe(true);
});
