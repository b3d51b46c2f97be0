import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { RUNTIME_PATHS } from '@cdk8s-event-platform/contracts/interface';
import { readBody } from '../../app-images/runtime/http/messages.ts';
import { until } from '../../testkit/until.ts';

/** An event as it is delivered. */
export type DeliveredEvent = Readonly<Record<string, unknown>> & { readonly id: string };

/** An entry of a bulk. */
export interface DeliveredEntry {
  readonly entryId: string;
  readonly event: DeliveredEvent;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A request of the sidecar. */
export interface Delivery {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Entries of a bulk. @default - one event was delivered by itself */
  readonly entries?: readonly DeliveredEntry[];
  /** Ids of its events. */
  readonly ids: readonly string[];
  /** Milliseconds, of `performance.now()`. */
  readonly at: number;
}

/** An answer, or what is done instead. */
export type Reply = { readonly status: number; readonly body?: string } | 'cut' | 'never';

/** A call of another app. */
export interface Call {
  readonly method: string;
  /** With the query, as it came. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An answer to a call, or what is done instead. */
export type CallReply =
  | {
      readonly status: number;
      readonly body?: string | Buffer;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | 'cut'
  | 'never';

/** Answers a delivery. */
export type Script = (delivery: Delivery) => Reply | Promise<Reply>;

const MAX_BYTES = 64 * 1024 * 1024;

/** The answer of a status to all events of a delivery. */
export function all(status: string): Script {
  return (delivery) => perEntry(delivery, () => status);
}

/** An answer with a status for each entry of a bulk. */
export function perEntry(delivery: Delivery, statusOf: (id: string) => string): Reply {
  const body =
    delivery.entries === undefined
      ? { status: statusOf(delivery.ids[0]!) }
      : {
          statuses: delivery.entries.map(({ entryId, event }) => ({
            ...{ entryId, status: statusOf(event.id) },
          })),
        };
  return { status: 200, body: JSON.stringify(body) };
}

function parse(text: string, path: string, headers: IncomingHttpHeaders): Delivery {
  const body = JSON.parse(text) as Delivery['body'];
  const entries = body.entries as readonly DeliveredEntry[] | undefined;
  const ids = (entries?.map(({ event }) => event) ?? [body]).map((event) => String(event.id));
  return {
    ...{ path, headers, text, body, ids, at: performance.now() },
    ...(entries !== undefined && { entries }),
  };
}

/** An app that records what its sidecar delivers, and answers by a script. */
export class ScriptedApp {
  /** Requests of the sidecar, in the order of their arrival. */
  public readonly deliveries: Delivery[] = [];
  /** Calls of other apps, in the order of their arrival. */
  public readonly calls: Call[] = [];
  /** Calls are answered with an empty object by default. */
  public answerCall: (call: Call) => CallReply = () => ({ status: 200, body: '{}' });
  /** Everything is processed by default. */
  public script: Script = all('SUCCESS');
  /** Answer to probes of the app's health. */
  public healthy = true;
  readonly #server: Server;
  #port = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      const path = request.url ?? '/';
      if (request.headers['dapr-caller-app-id'] !== undefined) {
        const { method = '', headers } = request;
        readBody(request, MAX_BYTES)
          .then((body) => this.#answer({ method, url: path, headers, body }, response))
          .catch(() => response.destroy());
        return;
      }
      if (request.method === 'GET') {
        const probed = path === RUNTIME_PATHS.ready || path === RUNTIME_PATHS.live;
        response.writeHead(probed ? (this.healthy ? 200 : 503) : 404).end('[]');
        return;
      }
      readBody(request, MAX_BYTES)
        .then((body) => this.#deliver(body.toString(), path, request.headers, response))
        .catch(() => response.destroy());
    });
  }

  public static async start(): Promise<ScriptedApp> {
    const app = new ScriptedApp();
    await app.listen();
    return app;
  }

  public get port(): number {
    return this.#port;
  }

  /** Listens, after {@link stop} at the same port. */
  public async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Ends, as a container does: connections are closed. */
  public async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** Ids of all events, as often as they were delivered. */
  public get ids(): readonly string[] {
    return this.deliveries.flatMap(({ ids }) => ids);
  }

  /** Deliveries of an event. */
  public of(id: string): readonly Delivery[] {
    return this.deliveries.filter(({ ids }) => ids.includes(id));
  }

  /** Waits until events were delivered, in any order and as often as is. */
  public async received(ids: readonly string[], seconds = 15): Promise<void> {
    const missing = () => ids.filter((id) => !this.ids.includes(id));
    await until(
      () => `not delivered: ${missing().join(', ')}`,
      seconds,
      () => Promise.resolve(missing().length === 0),
      20,
    );
  }

  /** Waits until this many events were delivered, as often as is. */
  public async counted(count: number, seconds = 15): Promise<void> {
    await until(
      () => `${this.ids.length} of ${count} events delivered: ${this.ids.join(', ')}`,
      seconds,
      () => Promise.resolve(this.ids.length >= count),
      20,
    );
  }

  /** Answers nothing until the function that it returns is called. Then everything is processed. */
  public hold(): () => void {
    let release = (): void => undefined;
    const over = new Promise<void>((resolve) => (release = resolve));
    this.script = (delivery) => over.then(() => perEntry(delivery, () => 'SUCCESS'));
    return release;
  }

  #answer(call: Call, response: ServerResponse): void {
    this.calls.push(call);
    const reply = this.answerCall(call);
    if (reply === 'cut') {
      response.destroy();
    } else if (reply !== 'never') {
      response
        .writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
        .end(reply.body);
    }
  }

  async #deliver(
    text: string,
    path: string,
    headers: IncomingHttpHeaders,
    response: ServerResponse,
  ): Promise<void> {
    const delivery = parse(text, path, headers);
    this.deliveries.push(delivery);
    const reply = await this.script(delivery);
    if (reply === 'cut') {
      response.destroy();
    } else if (reply !== 'never') {
      response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.body);
    }
  }
}
