import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody, sendJson, sendText } from '../../app-images/runtime/http/messages.ts';
import type { Readiness } from '../../app-images/runtime/database/readiness.ts';
import { InFlightTracker } from '../../app-images/runtime/http/in-flight-tracker.ts';
import { RUNTIME_PATHS } from '@cdk8s-event-platform/contracts/interface';

/** Events of one request of the sidecar. */
export interface ProbeDelivery {
  readonly path: string;
  readonly ids: readonly string[];
}

/** What {@link ProbeApp} does with a delivery: whether it is acknowledged. */
export type ProbeHandler = (delivery: ProbeDelivery) => Promise<boolean>;

const MAX_BODY_BYTES = 8 * 1024 * 1024;
const SINGLE = 'application/cloudevents+json';

interface Event {
  readonly id: string;
}

interface Entry {
  readonly entryId: string;
  readonly event: Event;
}

/** An app that counts what its sidecar delivers, and has none of the runtime's workarounds. */
export class ProbeApp {
  /** How often each event was acknowledged. */
  public readonly acknowledged = new Map<string, number>();
  /** Every delivery that came, whether or not it was acknowledged. */
  public readonly deliveries: ProbeDelivery[] = [];
  /** What is in flight. */
  public readonly work = new InFlightTracker();
  /** Whether what the app depends on is down. */
  public down = false;
  /** What becomes of a delivery. It is acknowledged by default. */
  public handle: ProbeHandler = () => Promise.resolve(true);
  /** Answer to the sidecar's probes: why the app is not ready, or undefined. */
  public readiness: Readiness;
  readonly #server: Server;
  #inHand = 0;

  private constructor() {
    this.readiness = this.able;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  public static async start(): Promise<ProbeApp> {
    const app = new ProbeApp();
    await new Promise<void>((resolve) => app.#server.listen(0, '127.0.0.1', resolve));
    // A run that has failed ends without its apps.
    app.#server.unref();
    return app;
  }

  public get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Deliveries that have not been answered. */
  public get inHand(): number {
    return this.#inHand;
  }

  /** Why the app cannot do its work, or undefined when it can. */
  public get able(): Readiness {
    return () => Promise.resolve(this.down ? 'down' : undefined);
  }

  /** Holds all deliveries until the function that it returns is called. Then they are acknowledged. */
  public hold(): () => void {
    let release = (): void => undefined;
    const over = new Promise<void>((resolve) => (release = resolve));
    this.handle = () => over.then(() => true);
    return () => {
      this.handle = () => Promise.resolve(true);
      release();
    };
  }

  /** Those of these events that were never acknowledged. */
  public missing(ids: readonly string[]): string[] {
    return ids.filter((id) => !this.acknowledged.has(id));
  }

  public stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?', 1)[0] ?? '/';
    if (request.method === 'POST') {
      await this.work.track(() => this.#deliver(path, request, response));
    } else if (path === RUNTIME_PATHS.ready) {
      const reason = await this.readiness();
      sendText(response, reason === undefined ? 200 : 503, reason ?? 'ok');
    } else if (path === '/dapr/subscribe') {
      sendJson(response, 200, []);
    } else {
      sendText(response, 404, 'not found');
    }
  }

  async #deliver(path: string, request: IncomingMessage, response: ServerResponse) {
    const body = await readBody(request, MAX_BODY_BYTES);
    const single = request.headers['content-type']?.startsWith(SINGLE) === true;
    const parsed = JSON.parse(body.toString()) as Event & { readonly entries: readonly Entry[] };
    const entries = single ? [{ entryId: '', event: parsed }] : parsed.entries;
    const delivery = { path, ids: entries.map(({ event }) => event.id) };
    this.deliveries.push(delivery);
    this.#inHand++;
    const done = await this.handle(delivery).finally(() => this.#inHand--);
    const status = done ? 'SUCCESS' : 'RETRY';
    if (done) {
      delivery.ids.forEach((id) => this.acknowledged.set(id, (this.acknowledged.get(id) ?? 0) + 1));
    }
    if (single) {
      sendJson(response, done ? 200 : 500, { status });
    } else {
      const statuses = entries.map(({ entryId }) => ({ entryId, status }));
      sendJson(response, 200, { statuses });
    }
  }
}
