import { execFile, execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { provisioningScript } from '../../constructs/broker/rabbitmq/provisioning-script.ts';

const queue = { 'x-queue-type': 'quorum' };
const options = {
  host: 'rabbitmq.ns.svc.cluster.local',
  port: 15_672,
  servers: 3,
  queues: [
    { name: 'packer-orders', topic: 'orders', arguments: queue },
    { name: 'orders.packer.dlq', topic: 'orders.packer.dlq', arguments: queue, ttl: 1000 },
  ],
  accounts: [
    {
      username: 'packer',
      passwordVariable: 'PASSWORD_0',
      rights: { configure: '^(a)$', write: '', read: "^it's$" },
    },
  ],
};

/** Runs the script against something that looks like the HTTP API. */
async function run(
  answer: (method: string, path: string) => [number, unknown],
): Promise<{ requests: string[]; output: string; failed: boolean }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const path = request.url!.replace('/api/', '');
      requests.push(`${request.method} ${path}${body === '' ? '' : ` ${body}`}`);
      const [status, text] = answer(request.method!, path);
      response.writeHead(status).end(JSON.stringify(text));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const env = {
    PATH: process.env.PATH,
    // Otherwise bash takes Node's pipes for a remote login, and reads what is for that.
    SHLVL: '1',
    MANAGEMENT_HOST: '127.0.0.1',
    MANAGEMENT_PORT: String((server.address() as AddressInfo).port),
    PASSWORD_0: 'a"b\\c',
  };
  try {
    return await new Promise((resolve) => {
      execFile(
        '/bin/bash',
        ['-ec', provisioningScript(options)],
        { env },
        (error, stdout, stderr) =>
          resolve({ requests, output: stdout + stderr, failed: error !== null }),
      );
    });
  } finally {
    server.close();
  }
}

const nodes = [{ running: true }, { running: true }, { running: true }];

describe('provisioningScript', () => {
  it('is Bash', () => {
    execFileSync('/bin/bash', ['-n', '-c', provisioningScript(options)]);
  });

  it('declares what Dapr will declare, before a client publishes', async () => {
    const { requests, output, failed } = await run((_method, path) =>
      path.startsWith('nodes') ? [200, nodes] : [201, []],
    );
    expect(output).toBe('2 topics, 2 queues and 1 accounts are as declared\n');
    expect(failed).toBe(false);
    expect(requests).toMatchSnapshot();
  });

  it('reports what the server refuses, and fails', async () => {
    const { output, failed } = await run((_method, path) =>
      path.startsWith('nodes')
        ? [200, nodes]
        : path.startsWith('queues')
          ? [400, { reason: "inequivalent arg 'x-queue-type'" }]
          : [201, []],
    );
    expect(output).toBe(
      'PUT queues/%2F/packer-orders: {"reason":"inequivalent arg \'x-queue-type\'"}\n',
    );
    expect(failed).toBe(true);
  });

  it('has a queue that kept messages take no more once there is a reader, and names others', async () => {
    const { requests, output } = await run((method, path) =>
      path.startsWith('nodes')
        ? [200, nodes]
        : path.startsWith('exchanges/%2F/orders/bindings')
          ? [
              200,
              ['packer-orders', 'orders', 'gone-orders'].map((destination) => ({ destination })),
            ]
          : [method === 'DELETE' ? 204 : 201, []],
    );
    expect(requests.filter((request) => request.startsWith('DELETE'))).toEqual([
      'DELETE bindings/%2F/e/orders/q/orders/~',
    ]);
    expect(output).toContain('queue orders takes no more, since packer-orders reads the topic');
    expect(output).toContain(
      'queue gone-orders takes in the topic orders, and nothing that is declared reads it',
    );
  });

  it('waits until all servers run, so that queues get all of their replicas', async () => {
    let asked = 0;
    const { output } = await run((_method, path) =>
      path.startsWith('nodes') ? [200, nodes.slice(asked++ === 0 ? 1 : 0)] : [201, []],
    );
    expect(output).toMatch(/^waiting for 3 servers behind 127.0.0.1:\d+: \[\{"running":true\},/);
    expect(asked).toBe(2);
  });
});
