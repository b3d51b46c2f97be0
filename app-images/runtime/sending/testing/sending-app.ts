import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import type { CloudEvent } from '../../events/cloud-event.ts';
import { Publisher } from '../../outbox/publisher.ts';
import { appScope, inAppScope } from '../../process/app-scope.ts';
import { silentLogger } from '../../telemetry/logging.ts';
import { RuntimeMetrics } from '../../telemetry/metrics.ts';
import { AppSenders } from '../app-senders.ts';
import { eventSender } from '../event-sender.ts';
import type { EventSenderOptions } from '../send-settings.ts';

export const MEASURED = {
  type: 'com.example.measured',
  version: '1.0.0',
  topic: 'measured',
  key: 'key',
  description: 'Something was measured.',
  delivery: 'at-most-once',
  schema: {
    type: 'object',
    required: ['key', 'n'],
    properties: {
      key: { type: 'string', maxLength: 64 },
      n: { type: 'integer', minimum: 0, maximum: 1_000_000 },
    },
  },
} as const;
export const Measured = defineEvent(MEASURED);
const manifest = defineApp({
  appId: 'meter',
  description: 'Measures.',
  port: 8080,
  publishes: [Measured],
});

interface Entry {
  readonly entryId: string;
  readonly event: CloudEvent<{ key: string; n: number }>;
}

/** Data of an event. */
export function data(n: number, key = 'k') {
  return { key, n };
}

/** An app that sends events through a stand-in for a sidecar, whose answers are chosen: the real one is in the benchmark. */
export class SendingApp {
  /** Status of the next answers: 0 loses the answer, 207 confirms all but the first event. @default - 204 */
  public answers: number[] = [];
  /** Answers wait for this. */
  public held: Promise<void> | undefined;
  /** Events of each request. */
  public requests: Entry[][] = [];
  /** Fields of warnings. */
  public warned: object[] = [];
  public senders!: AppSenders;
  #metrics = new RuntimeMetrics();
  #publisher: Publisher | undefined;
  #sidecar: Server | undefined;

  /** One for the tests of a file. */
  public static forTests(): SendingApp {
    const app = new SendingApp();
    beforeAll(() => app.#listen());
    afterAll(() => {
      app.#sidecar!.closeAllConnections();
      app.#sidecar!.close();
    });
    beforeEach(() => {
      [app.answers, app.requests, app.warned, app.held] = [[], [], [], undefined];
      app.use((app.#sidecar!.address() as AddressInfo).port);
    });
    afterEach(() => {
      app.senders.end();
      app.#publisher!.close();
    });
    return app;
  }

  /** The numbers in the events of each request. */
  public get numbers(): number[][] {
    return this.requests.map((entries) => entries.map(({ event }) => event.data.n));
  }

  /** Lets the app publish through the sidecar on a port. */
  public use(daprPort: number): void {
    this.#metrics = new RuntimeMetrics();
    this.#publisher = new Publisher({ pubSub: 'pubsub', daprPort });
    this.senders = new AppSenders({
      ...{ manifest, publisher: this.#publisher, metrics: this.#metrics, longestPause: 5 },
      log: { ...silentLogger, warn: (fields) => void this.warned.push(fields) },
    });
  }

  /** A sender in the app. */
  public sender(options: EventSenderOptions, contract = Measured) {
    const made = eventSender(contract, options);
    const send: typeof made.send = (...event) =>
      inAppScope({ ...appScope(), senders: this.senders }, () => made.send(...event));
    return { send };
  }

  /** Holds answers until the function is called that it returns. */
  public hold(): () => void {
    let release!: () => void;
    this.held = new Promise((resolve) => (release = resolve));
    return release;
  }

  public dropped(reason: string): Promise<number> {
    return this.#count(new RegExp(`events_dropped_total{.*reason="${reason}"} (\\d+)`));
  }

  public published(): Promise<number> {
    return this.#count(/events_published_total{.*} (\d+)/);
  }

  async #count(series: RegExp): Promise<number> {
    const [, count] = series.exec(await this.#metrics.text()) ?? [];
    return count === undefined ? NaN : Number(count);
  }

  async #listen(): Promise<void> {
    const sidecar = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        if (request.url === '/v1.0/metadata') {
          const components = [{ name: 'pubsub', type: 'pubsub.kafka' }];
          response.end(JSON.stringify({ components }));
          return;
        }
        const entries = JSON.parse(body) as Entry[];
        this.requests.push(entries);
        const status = this.answers.shift() ?? 204;
        void Promise.resolve(this.held).then(() => {
          if (status === 0) {
            response.destroy();
          } else if (status === 207) {
            const failedEntries = [{ entryId: entries[0]!.entryId, error: 'not now' }];
            response.writeHead(500).end(JSON.stringify({ failedEntries }));
          } else {
            response.writeHead(status).end(status === 204 ? undefined : '{"errorCode":"ERR_X"}');
          }
        });
      });
    });
    this.#sidecar = sidecar;
    await new Promise<void>((resolve) => sidecar.listen(0, '127.0.0.1', resolve));
  }
}
