import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TcpRoute } from './tcp-route.ts';

let servers: Server[];
let ports: number[];
let sockets: Socket[];

/** A server that says its name to each connection. */
async function listen(name: string): Promise<Server> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.write(name);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Connects through a route. Returns the socket and the name of the server behind it. */
async function through(route: TcpRoute): Promise<{ socket: Socket; name: string }> {
  const socket = connect(route.port, '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  const [name] = (await once(socket, 'data')) as [Buffer];
  return { socket, name: name.toString() };
}

beforeEach(async () => {
  sockets = [];
  servers = [await listen('first'), await listen('second')];
  ports = servers.map((server) => (server.address() as { port: number }).port);
});

afterEach(() => {
  sockets.forEach((socket) => socket.destroy());
  servers.forEach((server) => server.close());
});

it('leads to its target and cuts open connections when the target changes', async () => {
  const route = await TcpRoute.open(ports[0]!);
  const { socket, name } = await through(route);
  expect(name).toBe('first');
  expect(route.connections).toBe(1);
  route.switchTo(ports[1]!);
  await once(socket, 'close');
  expect(route.connections).toBe(0);
  expect((await through(route)).name).toBe('second');
});

it('leaves open connections alone when asked to', async () => {
  const route = await TcpRoute.open(ports[0]!);
  const { socket } = await through(route);
  route.switchTo(ports[1]!, { keepOpen: true });
  expect((await through(route)).name).toBe('second');
  expect(socket.destroyed).toBe(false);
  expect(route.connections).toBe(2);
});

it('closes connections when nothing listens behind it', async () => {
  const route = await TcpRoute.open(ports[0]!);
  servers[0]!.close();
  await once(servers[0]!, 'close');
  const socket = connect(route.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'close');
  expect(route.connections).toBe(0);
});
