import { connect, createServer, type Socket } from 'node:net';

/** Connects to the first of these ports that takes connections. */
function firstOf(ports: readonly number[]): Promise<Socket> {
  return ports.reduce<Promise<Socket>>(
    (before, port) =>
      before.catch(
        () =>
          new Promise((resolve, reject) => {
            const socket = connect(port, '127.0.0.1');
            socket.once('connect', () => resolve(socket));
            socket.once('error', reject);
          }),
      ),
    Promise.reject(new Error('no ports')),
  );
}

/**
 * What a Service is in a cluster: a port whose connections go to each server in turn, of those that
 * take connections.
 *
 * @returns the port.
 */
export async function balance(ports: readonly number[]): Promise<number> {
  let turn = 0;
  const server = createServer((client) => {
    client.on('error', () => undefined);
    const first = turn++ % ports.length;
    firstOf([...ports.slice(first), ...ports.slice(0, first)]).then(
      (upstream) => {
        upstream.on('error', () => undefined);
        upstream.on('close', () => client.destroy());
        client.on('close', () => upstream.destroy());
        client.pipe(upstream).pipe(client);
      },
      () => client.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // The run ends without it.
  server.unref();
  return (server.address() as { port: number }).port;
}
