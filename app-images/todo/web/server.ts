import { createServer, type Server } from 'node:http';
import { appOf, forward } from './gateway.ts';
import { PAGE, PAGE_HEADERS } from './page.ts';

/**
 * Serves the page, and passes requests below `/api` on to the apps.
 *
 * @param addressOf URL of an app. @default - its Service in the same namespace
 */
export function webServer(
  addressOf: (appId: string) => string = (appId) => `http://${appId}`,
): Server {
  return createServer((request, response) => {
    const url = URL.parse(request.url ?? '/', 'http://web');
    const { pathname: path, search } = url ?? { pathname: '', search: '' };
    const appId = appOf(path);
    if (url === null) {
      response.writeHead(400, { 'content-type': 'text/plain' }).end('not a path');
    } else if (appId !== undefined) {
      forward(new URL(`${path}${search}`, addressOf(appId)), request, response);
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
    } else if (path === '/') {
      response.writeHead(200, PAGE_HEADERS).end(request.method === 'HEAD' ? undefined : PAGE);
    } else if (path === '/healthz') {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
    } else {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
    }
  });
}
