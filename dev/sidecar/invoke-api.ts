import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { DAPR_TOKEN_HEADER } from '@cdk8s-event-platform/contracts/interface';
import { readBody, Refusal } from './answers.ts';
import type { AppChannel, AppReply } from './app-channel.ts';
import type { AppResources } from './app-resources.ts';
import { appPath, type CalledPath, calledPath, isCall, pathProblem } from './called-path.ts';
import type { Scheduler } from './scheduler.ts';
import { childOf } from './trace.ts';

/** The sidecar of an app that may be called. */
export interface Callee {
  readonly resources: AppResources;
  readonly channel: AppChannel;
  /** Whether the app is healthy, as its probes say. */
  readonly isHealthy: () => boolean;
}

/** Sidecars that reach each other, by app id. */
export type Callees = Map<string, Callee>;

/** What calls of other apps need. */
export interface InvokeApiOptions {
  readonly resources: AppResources;
  readonly callees: Callees;
  readonly scheduler: Scheduler;
}

/** Headers that concern one connection, or that daprd sets itself. */
const NOT_PASSED_ON: ReadonlySet<string> = new Set([
  ...['connection', 'content-length', 'host', 'keep-alive', 'proxy-authenticate'],
  ...['proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'accept-encoding'],
  ...['traceparent', DAPR_TOKEN_HEADER],
]);
const ADDRESS = '127.0.0.1';

function passedOn(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      (header): header is [string, string | string[]] =>
        header[1] !== undefined && !NOT_PASSED_ON.has(header[0]),
    ),
  );
}

/** Calls of other apps, as daprd passes them on: to the sidecar of the app, which says whether it may be. */
export class InvokeApi {
  public constructor(private readonly options: InvokeApiOptions) {}

  /** Answers a call. @returns whether the request is one. @throws Refusal */
  public async answer(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const { url = '/' } = request;
    if (!isCall(url)) {
      return false;
    }
    const traceparent = childOf(request.headers.traceparent);
    response.setHeader('traceparent', traceparent);
    const reply = await this.#pass(request, url, traceparent);
    const headers = Object.entries(reply.headers).filter(
      ([name, value]) => value !== undefined && !NOT_PASSED_ON.has(name),
    );
    response.writeHead(reply.status, Object.fromEntries(headers)).end(reply.body);
    return true;
  }

  async #pass(request: IncomingMessage, url: string, traceparent: string): Promise<AppReply> {
    const [pathname = '', query] = url.split(/\?(.*)/s);
    const { resources } = this.options;
    const body = await readBody(request, resources.maxBodyBytes);
    const called = calledPath(pathname);
    if (called === undefined) {
      throw new Refusal(
        404,
        'ERR_DIRECT_INVOKE',
        'failed getting app id either from the URL path or the header dapr-app-id',
      );
    }
    const { appId } = called;
    const method = (request.method ?? 'GET').toUpperCase();
    const path = this.#check(called, method);
    if (body === undefined) {
      throw notInvoked(appId, 'stream too large');
    }
    const callee = this.options.callees.get(appId)!;
    const reply = await callee.channel.call(
      {
        ...{ method, body, path: query === undefined ? path : `${path}?${query}` },
        headers: {
          ...passedOn(request.headers),
          ...(appId !== resources.appId && {
            'dapr-caller-app-id': resources.appId,
            'dapr-caller-namespace': resources.namespace,
            'dapr-callee-app-id': appId,
            'x-forwarded-for': ADDRESS,
            forwarded: `for=${ADDRESS};by=${ADDRESS}`,
          }),
          traceparent,
        },
      },
      this.#timeout(appId),
    );
    if (reply === 'late') {
      throw notInvoked(appId, 'context deadline exceeded');
    }
    if (reply === undefined) {
      throw notInvoked(
        appId,
        `rpc error: code = Internal desc = error invoking app channel: ${method} ${path}: EOF`,
      );
    }
    return reply;
  }

  /** Whether the call may be made. @returns the path at the app. @throws Refusal */
  #check({ appId, path }: CalledPath, method: string): string {
    const { resources, callees } = this.options;
    const problem = pathProblem(path);
    if (problem !== undefined) {
      throw notInvoked(
        appId,
        `rpc error: code = InvalidArgument desc = invalid method: ${problem}`,
      );
    }
    const callee = callees.get(appId);
    if (callee === undefined) {
      throw notInvoked(appId, `couldn't find service: ${appId}`);
    }
    const caller = { appId: resources.appId, method, path };
    if (appId !== caller.appId && !callee.resources.access.allows(caller)) {
      const id = `spiffe://public/ns/${resources.namespace}/${caller.appId}`;
      throw notInvoked(
        appId,
        `rpc error: code = PermissionDenied desc = access control policy has denied access to id: ${id} operation: ${path} verb: ${method}`,
        403,
      );
    }
    if (!callee.isHealthy()) {
      throw notInvoked(
        appId,
        'rpc error: code = Internal desc = error invoking app channel: rpc error: code = Internal desc = app is not in a healthy state',
      );
    }
    const sent = appPath(path);
    if (sent === undefined) {
      throw notInvoked(
        appId,
        `rpc error: code = Internal desc = error invoking app channel: parse "http://${ADDRESS}/${path}": invalid URL escape`,
      );
    }
    return sent;
  }

  #timeout(appId: string): AbortSignal | undefined {
    const timeout = this.options.resources.callTimeouts.get(appId);
    return timeout === undefined ? undefined : this.options.scheduler.timeout(timeout);
  }
}

function notInvoked(appId: string, reason: string, status = 500): Refusal {
  return new Refusal(status, 'ERR_DIRECT_INVOKE', `failed to invoke, id: ${appId}, err: ${reason}`);
}
