import { request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';

/** The app that answers requests below each path; the longest path wins. */
export const GATEWAY_ROUTES: Readonly<Record<string, string>> = {
  '/api': 'todo-api',
  '/api/activity': 'todo-activity',
  '/api/analytics': 'todo-analytics',
  '/api/audit': 'todo-audit',
  '/api/comments': 'todo-comments',
  '/api/notifications': 'todo-notifications',
  '/api/points': 'todo-gamification',
  '/api/search': 'todo-search',
};

/** Headers of a connection, which are not passed on. */
const OWN_HEADERS = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'host'],
]);
/** Time for an app to answer, in milliseconds. */
const ANSWER_TIMEOUT = 30_000;

/** The app that answers a path; undefined if no app does. */
export function appOf(path: string): string | undefined {
  const [route] = Object.keys(GATEWAY_ROUTES)
    .filter((prefix) => path === prefix || path.startsWith(`${prefix}/`))
    .sort((a, b) => b.length - a.length);
  return route && GATEWAY_ROUTES[route];
}

function headersOf({ headers }: IncomingMessage): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || OWN_HEADERS.has(name) ? [] : [[name, value]],
    ),
  );
}

/** Passes a request on to an app, and its answer back. */
export function forward(to: URL, request: IncomingMessage, response: ServerResponse): void {
  const chunked = request.headers['transfer-encoding'] !== undefined;
  const hasBody = chunked || request.headers['content-length'] !== undefined;
  const passed = send(
    to,
    {
      method: request.method,
      // Without it, Node writes the body of a DELETE as it is, and an app takes it for another request.
      headers: { ...headersOf(request), ...(chunked && { 'transfer-encoding': 'chunked' }) },
      timeout: ANSWER_TIMEOUT,
    },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, headersOf(answer));
      pipeline(answer, response, () => undefined);
    },
  );
  passed.on('timeout', () => passed.destroy(new Error('no answer')));
  passed.on('error', () => {
    if (response.headersSent) {
      response.destroy();
    } else {
      response.writeHead(502, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ title: 'Bad Gateway', status: 502, detail: 'no answer' }));
    }
  });
  response.on('close', () => passed.destroy());
  if (hasBody) {
    request.pipe(passed);
  } else {
    passed.end();
  }
}
