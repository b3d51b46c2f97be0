import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { DAPR_TOKEN_HEADER } from '@cdk8s-event-platform/contracts/interface';
import { VERSIONS } from 'cdk8s-event-platform';
import { readBody, Refusal, sendJson } from './answers.ts';
import type { AppResources } from './app-resources.ts';
import type { InvokeApi } from './invoke-api.ts';
import type { JobRequest, Jobs } from './jobs.ts';
import type { PublishAnswer, PublishApi } from './publish-api.ts';
import type { StateApi } from './state-api.ts';

/** What the HTTP API of a sidecar needs. */
export interface HttpApiOptions {
  readonly resources: AppResources;
  readonly publisher: PublishApi;
  readonly jobs: Jobs;
  readonly state: StateApi;
  readonly invocation: InvokeApi;
  /** Token of requests. @default - requests need none */
  readonly token: string | undefined;
  /** Ends the sidecar and starts it again. */
  readonly restart: () => void;
}

/** Paths of `GET` that need no token. */
const HEALTH_PATHS = ['/v1.0/healthz', '/v1.0/healthz/outbound'];
const PUBLISH_PATH = /^\/v1\.0(?:-alpha1)?\/publish\/(bulk\/)?(.*)$/;
const JOB_PATH = /^\/v1\.0(?:-alpha1)?\/jobs\/([^/]+)$/;
/** Bytes of a job that is registered. */
const MAX_JOB_BYTES = 4 * 1024 * 1024;

/** The answer to `GET /v1.0/metadata`, as far as apps read it. */
function metadata({ appId, components, subscriptions }: AppResources): object {
  return {
    id: appId,
    runtimeVersion: VERSIONS.dapr,
    components: components.map(({ metadata: { name }, spec: { type, version } }) => ({
      ...{ name, type, version },
    })),
    subscriptions: subscriptions.map(({ pubsubname, topic, deadLetterTopic = '', routes }) => ({
      ...{ pubsubname, topic, deadLetterTopic, type: 'DECLARATIVE' },
      rules: [...(routes.rules ?? []), { path: routes.default }],
    })),
  };
}

/** A request for a job; undefined for another method. */
async function jobRoute(
  jobs: Jobs,
  request: IncomingMessage,
  name: string,
): Promise<PublishAnswer | undefined> {
  switch (request.method) {
    case 'GET':
      return { status: 200, body: jobs.get(name) };
    case 'DELETE':
      jobs.delete(name);
      return { status: 204 };
    case 'POST':
      jobs.schedule(name, await jobIn(request));
      return { status: 204 };
    default:
      return undefined;
  }
}

/** The job in a body. @throws Refusal when it is no JSON object */
async function jobIn(request: IncomingMessage): Promise<JobRequest> {
  try {
    const body = await readBody(request, MAX_JOB_BYTES);
    const job = JSON.parse((body ?? '').toString()) as unknown;
    if (typeof job === 'object' && job !== null) {
      return job;
    }
  } catch {
    // Told below.
  }
  throw new Refusal(400, 'ERR_MALFORMED_REQUEST', 'failed deserializing HTTP body');
}

async function route(
  { resources, publisher, jobs, restart }: HttpApiOptions,
  request: IncomingMessage,
): Promise<PublishAnswer> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, bulk, target] = PUBLISH_PATH.exec(url.pathname) ?? [];
  const call = `${request.method ?? ''} ${url.pathname}`;
  if (isHealth(request)) {
    return { status: 204 };
  }
  if (call === 'GET /v1.0/metadata') {
    return { status: 200, body: metadata(resources) };
  }
  if (call === 'POST /v1.0/shutdown') {
    restart();
    return { status: 204 };
  }
  const [, job] = JOB_PATH.exec(url.pathname) ?? [];
  const answered = job === undefined ? undefined : await jobRoute(jobs, request, job);
  if (answered !== undefined) {
    return answered;
  }
  if (target === undefined || !['POST', 'PUT'].includes(request.method ?? '')) {
    throw new Refusal(404, 'ERR_NOT_FOUND', 'method not found');
  }
  return bulk === undefined
    ? publisher.publish(request, url, target)
    : publisher.publishMany(request, url, target);
}

function isHealth({ method, url }: IncomingMessage): boolean {
  return method === 'GET' && HEALTH_PATHS.includes(url?.split('?', 1)[0] ?? '');
}

async function answer(
  options: HttpApiOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { token } = options;
  if (token !== undefined && request.headers[DAPR_TOKEN_HEADER] !== token && !isHealth(request)) {
    response.writeHead(401, { 'content-type': 'text/plain' }).end('invalid api token\n');
    return;
  }
  if (await options.state.answer(request, response)) {
    return;
  }
  try {
    if (await options.invocation.answer(request, response)) {
      return;
    }
    const { status, body } = await route(options, request);
    if (body === undefined) {
      response.writeHead(status).end();
    } else {
      sendJson(response, status, body);
    }
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    const { status, errorCode, message } = error;
    sendJson(response, status, { errorCode, message });
  }
}

/** The HTTP API of a sidecar, as a server that does not listen yet. */
export function httpApi(options: HttpApiOptions): Server {
  return createServer((request, response) => {
    answer(options, request, response).catch(() => response.destroy());
  });
}
