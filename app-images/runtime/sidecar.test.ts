import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { sidecarKeepsDeliveries } from './sidecar.ts';

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
