import { createServer } from 'node:net';

const given = new Set<number>();

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
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
