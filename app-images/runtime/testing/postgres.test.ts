import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startOnFreePort, startPostgres, type StartableServer } from './postgres.ts';

it('says that its port is taken when it starts again, and starts once it is free', async () => {
  const postgres = await startPostgres();
  await postgres.stop();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(postgres.port, '127.0.0.1', resolve));
  await expect(postgres.start()).rejects.toThrow(
    new RegExp(
      `PostgreSQL ends at its start on port ${postgres.port}: .*Address already in use`,
      's',
    ),
  );
  await new Promise((resolve) => other.close(resolve));
  await postgres.start();
  await postgres.remove();
});

/** Servers whose starts fail with these messages, one after the other; further ones start. */
function failing(messages: string[]): (port: number) => StartableServer {
  const start = (): Promise<void> => {
    const message = messages.shift();
    return message === undefined ? Promise.resolve() : Promise.reject(new Error(message));
  };
  return (port) => ({ port, start }) as StartableServer;
}

it('starts on another port when the chosen one is taken meanwhile', async () => {
  const messages = ['Address already in use', 'Address already in use'];
  await expect(startOnFreePort(failing(messages))).resolves.toHaveProperty('port');
  expect(messages).toEqual([]);
});

it.each([
  ['another reason', ['no space left on device', 'not reached']],
  ['five taken ports', [...Array<string>(5).fill('Address already in use'), 'not reached']],
])('gives up after %s', async (_name, messages) => {
  await expect(startOnFreePort(failing(messages))).rejects.toThrow();
  expect(messages).toEqual(['not reached']);
});

it('starts on a port that a server of another user has left a lock of', async () => {
  const postgres = await startPostgres();
  await postgres.stop();
  const lock = join('/tmp', `.s.PGSQL.${postgres.port}.lock`);
  writeFileSync(lock, '', { mode: 0o600 });
  await postgres.start();
  await postgres.remove();
  rmSync(lock);
});
