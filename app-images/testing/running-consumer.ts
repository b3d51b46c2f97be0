import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import type pg from 'pg';
import { type EventContract } from '@cdk8s-event-platform/contracts';
import {
  DEFAULT_INBOX_DAYS,
  eventRoute,
  RUNTIME_PATHS,
} from '@cdk8s-event-platform/contracts/interface';
import type { Consumer } from '../runtime/delivery/consumer.ts';
import { DeliveryProcessor } from '../runtime/delivery/delivery-processor.ts';
import { routesOf } from '../runtime/delivery/event-routes.ts';
import { EventPublisher } from '../runtime/outbox/event-publisher.ts';
import { InboxPartitions } from '../runtime/delivery/inbox.ts';
import { type Logger, silentLogger } from '../runtime/telemetry/logging.ts';
import { metricsServer } from '../runtime/http/metrics-server.ts';
import { RuntimeMetrics } from '../runtime/telemetry/metrics.ts';
import { databaseReadiness } from '../runtime/database/readiness.ts';
import { Replayer } from '../runtime/delivery/replay.ts';
import { consumerServer, type ConsumerServerOptions } from '../runtime/http/server.ts';
import { InFlightTracker } from '../runtime/http/in-flight-tracker.ts';
import type { ClaimCheck } from '../runtime/sealing/claim-check.ts';
import { testSealing } from '../runtime/testing/test-sealing.ts';
import { poolOfApp } from './database.ts';

/** What a consumer answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Settings of a {@link RunningConsumer}. */
export interface RunningConsumerOptions extends Partial<
  Pick<
    ConsumerServerOptions,
    | 'maxBodyBytes'
    | 'maxBytes'
    | 'concurrency'
    | 'queueLimit'
    | 'requestTimeout'
    | 'tracing'
    | 'appApiToken'
  >
> {
  readonly epoch?: number;
  /** @default - nothing is logged */
  readonly log?: Logger;
  readonly retentionDays?: number;
  readonly transactionTimeout?: number;
  readonly claims?: readonly ClaimCheck[];
}

/** A consumer that serves on loopback, and a client that delivers as a sidecar does. */
export class RunningConsumer {
  public readonly metrics = new RuntimeMetrics();
  public readonly work = new InFlightTracker();
  public readonly replayer: Replayer;
  readonly #server: Server;
  readonly #metricsServer = metricsServer(this.metrics);

  /** @param owner of the database: the consumer logs in with its own rights, as it does in a cluster. */
  public constructor(consumer: Consumer, owner: pg.Pool, options: RunningConsumerOptions = {}) {
    const pool = poolOfApp(owner, consumer.manifest.appId);
    const {
      epoch = 0,
      retentionDays = DEFAULT_INBOX_DAYS,
      transactionTimeout,
      log = silentLogger,
      claims,
      ...limits
    } = options;
    const inbox = new InboxPartitions(pool, retentionDays);
    const sealing = testSealing(consumer.manifest, claims);
    const publisher = new EventPublisher(consumer.manifest, sealing);
    this.replayer = new Replayer({
      scope: { consumer: consumer.manifest.appId, epoch },
      routes: routesOf(consumer),
      publisher,
      sealing,
      pool,
      inbox,
      metrics: this.metrics,
      log,
      tracing: limits.tracing,
    });
    this.#server = consumerServer({
      deliveries: new DeliveryProcessor({
        consumer,
        epoch,
        publisher,
        sealing,
        pool,
        inbox,
        log,
        transactionTimeout,
      }),
      metrics: this.metrics,
      readiness: databaseReadiness(pool, consumer.manifest),
      inFlight: this.work,
      log,
      ...limits,
    });
  }

  public async start(): Promise<this> {
    for (const server of [this.#server, this.#metricsServer]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
    return this;
  }

  public get port(): number {
    return portOf(this.#server);
  }

  /** Delivers an event of a contract; `changes` replace parts of the envelope. */
  public deliver(contract: EventContract, id: string, data: unknown, changes: object = {}) {
    const event = testEvent(contract, id, data, changes);
    return this.post(eventRoute(contract), JSON.stringify(event));
  }

  /** Delivers several events at once, and returns the status of each. */
  public async deliverMany(contract: EventContract, events: readonly unknown[]): Promise<string[]> {
    const entries = events.map((event, index) => ({ entryId: String(index), event }));
    const { body } = await this.post(
      eventRoute(contract),
      JSON.stringify({ id: 'bulk', entries }),
      'application/json',
    );
    const { statuses } = JSON.parse(body) as { statuses: { entryId: string; status: string }[] };
    return statuses.map(({ status }) => status);
  }

  public async post(
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    contentType = 'application/cloudevents+json',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method: 'POST',
      body,
      headers: { ...headers, 'content-type': contentType },
    });
    return { status: response.status, body: await response.text() };
  }

  public async get(path: string): Promise<Answer> {
    return getFrom(this.port, path);
  }

  /** Reads the metrics, as Prometheus does. */
  public async scrape(): Promise<Answer> {
    return getFrom(portOf(this.#metricsServer), RUNTIME_PATHS.metrics);
  }

  public async stop(): Promise<void> {
    for (const server of [this.#server, this.#metricsServer]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function getFrom(port: number, path: string): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, body: await response.text() };
}

/** An event of a contract; `changes` replace parts of the envelope. */
export function testEvent(
  contract: EventContract,
  id: string,
  data: unknown,
  changes: object = {},
): object {
  return {
    specversion: '1.0',
    id,
    source: '/test',
    type: contract.type,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data,
    ...changes,
  };
}

/** The answer that acknowledges an event. */
export const ACKNOWLEDGED: Answer = { status: 200, body: '{"status":"SUCCESS"}' };
