/**
 * What tests have in the cluster: a server that posts tasks, reads pages and tries connections from where
 * its pod is. It is reached through the API server.
 */
import { lookup } from 'node:dns/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { inParallel } from '../../platform/load.ts';
import { Poster } from '../../platform/poster.ts';

/** Tasks to post: of these numbers, through this Service. */
export interface TaskOrder {
  readonly host: string;
  readonly first: number;
  readonly count: number;
  /** Requests at a time. */
  readonly width: number;
}

/** Tasks that were confirmed: the user of each event id. */
export interface TaskReceipt {
  readonly confirmed: readonly (readonly [id: string, user: string])[];
  readonly failures: readonly string[];
}

/** What was answered to a request for a page; a status of 0 is no answer. */
export interface Page {
  readonly status: number;
  readonly body: string;
}

/** Whether a connection was accepted. */
export interface Connection {
  readonly connected: boolean;
  /** Why not. */
  readonly reason: string;
}

const CONNECT_TIMEOUT = 3_000;

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

async function post({ host, first, count, width }: TaskOrder): Promise<TaskReceipt> {
  const poster = new Poster(80, host);
  const failures: string[] = [];
  await inParallel(count, width, (index) =>
    poster.task(first + index).catch((error: unknown) => failures.push(String(error))),
  );
  poster.close();
  return { confirmed: [...poster.confirmed], failures };
}

async function page(url: string): Promise<Page> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    return { status: 0, body: String((error as Error).cause ?? error) };
  }
}

/** A name that is not known is no answer of the one that it names. */
async function tryToConnect(host: string, port: number): Promise<Connection> {
  const { address } = await lookup(host);
  return new Promise((resolve) => {
    const socket = connect(port, address);
    const end = (connected: boolean, reason: string) => {
      socket.destroy();
      resolve({ connected, reason });
    };
    socket.setTimeout(CONNECT_TIMEOUT, () => end(false, 'no answer'));
    socket.once('connect', () => end(true, ''));
    socket.once('error', (error) => end(false, error.message));
  });
}

async function answer(request: IncomingMessage): Promise<object> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://client');
  switch (pathname) {
    case '/tasks':
      return post(JSON.parse(await text(request)) as TaskOrder);
    case '/page':
      return page(searchParams.get('url') ?? '');
    case '/connect':
      return tryToConnect(searchParams.get('host') ?? '', Number(searchParams.get('port')));
    default:
      return {};
  }
}

createServer((request, response) => {
  answer(request).then(
    (result) => response.end(JSON.stringify(result)),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
}).listen(8080);
process.once('SIGTERM', () => process.exit());
