import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { type Logger, silentLogger } from '../telemetry/logging.ts';
import { checkSidecarVersion } from './sidecar-version.ts';
import { restartSidecar, sidecarKeepsDeliveries } from './sidecar.ts';

let sidecar: Server | undefined;

/** Stands in for a sidecar: the real one is in the end-to-end run. */
async function listen(answer: RequestListener): Promise<void> {
  sidecar = createServer(answer);
  await new Promise<void>((resolve) => sidecar!.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('DAPR_HTTP_PORT', String((sidecar.address() as AddressInfo).port));
}

afterEach(() => {
  vi.unstubAllEnvs();
  sidecar?.closeAllConnections();
  sidecar?.close();
  sidecar = undefined;
});

it.each([
  ['pubsub.rabbitmq', true],
  ['pubsub.kafka', false],
])('a sidecar with %s keeps deliveries: %s', async (type, keeps) => {
  await listen((request, response) => {
    const components = [{ name: 'statestore', type: 'state.postgresql' }];
    response
      .writeHead(request.url === '/v1.0/metadata' ? 200 : 404)
      .end(JSON.stringify({ components: [...components, { name: 'pubsub', type }] }));
  });
  expect(await sidecarKeepsDeliveries()).toBe(keeps);
});

it('one that does not answer in time may keep deliveries', async () => {
  await listen(() => undefined);
  expect(await sidecarKeepsDeliveries()).toBe(true);
});

it('one that is not there keeps none', async () => {
  vi.stubEnv('DAPR_HTTP_PORT', '1');
  expect(await sidecarKeepsDeliveries()).toBe(false);
});

/** What is logged, by level. */
function listenToLog() {
  const lines: string[] = [];
  const at = (level: string) => (fields: { version: string }, text: string) =>
    lines.push(`${level}: ${fields.version}, ${text}`);
  return { lines, log: { warn: at('warn'), error: at('error') } as unknown as Logger };
}

it.each([
  ['1.16.5', /^error: 1\.16\.5, .*too old.*upgrade Dapr, then restart/],
  ['1.19.0', /^warn: 1\.19\.0, .*newer Dapr/],
  ['1.18.3', undefined],
  ['edge', undefined],
])('a sidecar of Dapr %s: what is logged', async (runtimeVersion, expected) => {
  await listen((_, response) => response.end(JSON.stringify({ runtimeVersion })));
  const { lines, log } = listenToLog();
  await checkSidecarVersion(log);
  expect(lines).toEqual(expected === undefined ? [] : [expect.stringMatching(expected)]);
});

it('a sidecar that starts after the app is asked until it answers', async () => {
  let asked = 0;
  await listen((_, response) => {
    response
      .writeHead(++asked < 3 ? 503 : 200)
      .end(asked < 3 ? 'not yet' : JSON.stringify({ runtimeVersion: '1.16.0' }));
  });
  const { lines, log } = listenToLog();
  await checkSidecarVersion(log, 1);
  expect(asked).toBe(3);
  expect(lines).toHaveLength(1);
});

it.each([
  ['a token', 'a token'],
  [undefined, undefined],
])('requests to the sidecar carry the token %s', async (token, expected) => {
  vi.stubEnv('DAPR_API_TOKEN', token);
  const received: [string | undefined, unknown][] = [];
  await listen((request, response) => {
    received.push([request.url, request.headers['dapr-api-token']]);
    response.end('{}');
  });
  await sidecarKeepsDeliveries();
  await restartSidecar(silentLogger);
  expect(received).toEqual([
    ['/v1.0/metadata', expected],
    ['/v1.0/shutdown', expected],
  ]);
});
