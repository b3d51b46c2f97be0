import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';

/** The loopback addresses of this machine. */
const HOSTS = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .flatMap(({ address }) => ({ '127.0.0.1': ['127.0.0.1'], '::1': ['[::1]'] })[address] ?? []);

it('an image refuses dead letters without the token in APP_API_TOKEN, over IPv4 and IPv6', async () => {
  const program = join(import.meta.dirname, '..', '..', 'dead-letter-processor', 'main.ts');
  const image = spawn(process.execPath, ['--import', 'tsx', program], {
    env: {
      PATH: process.env.PATH,
      APP_PORT: '0',
      METRICS_PORT: '0',
      APP_API_TOKEN: 'a token',
      // No database: a request is refused before one is needed.
      PGHOST: '127.0.0.1',
      PGPORT: '1',
      TMPDIR: mkdtempSync(join(tmpdir(), 'app-api-token-')),
    },
  });
  try {
    const lines = createInterface(image.stdout)[Symbol.asyncIterator]();
    const next = async (message: string): Promise<Record<string, unknown>> => {
      for (;;) {
        const { value, done } = await lines.next();
        expect(done).not.toBe(true);
        const line = JSON.parse(value!) as Record<string, unknown>;
        if (line.message === message) {
          return line;
        }
      }
    };
    const { port } = await next('listening');
    for (const host of HOSTS) {
      const url = `http://${host}:${Number(port)}/dead-letters/bill-paid.payments.dlq`;
      const response = await fetch(url, { method: 'POST', body: '{}' });
      expect(response.status).toBe(401);
    }
    expect(await next('requests refused that are not from the sidecar')).toMatchObject({
      level: 'warn',
      path: '/dead-letters/bill-paid.payments.dlq',
      reason: 'no token',
    });
  } finally {
    image.kill('SIGKILL');
  }
});
