import { type AddressInfo, createServer } from 'node:net';

const given = new Set<number>();

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A port of this machine that the system chooses: two processes that ask at the same time get different ones. */
export function anyPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** The first port of this machine that nothing listens on, from one on. Each is given once. */
export async function freePort(from: number): Promise<number> {
  for (let port = from; port < 65_536; port++) {
    if (!given.has(port)) {
      given.add(port);
      if (await isFree(port)) {
        return port;
      }
    }
  }
  throw new Error(`no port from ${from} on is free`);
}
