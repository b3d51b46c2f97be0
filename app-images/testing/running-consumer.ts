import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import type pg from 'pg';
import { pino } from 'pino';
import { eventRoute, type EventContract } from '../../constructs/contracts/index.ts';
import type { Consumer } from '../runtime/consumer.ts';
import { Deliveries } from '../runtime/delivery.ts';
import { RuntimeMetrics } from '../runtime/metrics.ts';
import { databaseReadiness } from '../runtime/readiness.ts';
import { consumerServer } from '../runtime/server.ts';
import { Work } from '../runtime/shutdown.ts';

/** What a consumer answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A consumer that serves on loopback, and a client that delivers as a sidecar does. */
export class RunningConsumer {
  public readonly metrics = new RuntimeMetrics();
  public readonly work = new Work();
  readonly #server: Server;
  #port = 0;

  public constructor(consumer: Consumer, pool: pg.Pool, maxBodyBytes?: number) {
    const log = pino({ level: 'silent' });
    this.#server = consumerServer({
      deliveries: new Deliveries(consumer, pool, log),
      metrics: this.metrics,
      readiness: databaseReadiness(pool, consumer.manifest),
      work: this.work,
      log,
      ...(maxBodyBytes !== undefined && { maxBodyBytes }),
    });
  }

  public async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** Delivers an event of a contract; `changes` replace parts of the envelope. */
  public deliver(contract: EventContract, id: string, data: unknown, changes: object = {}) {
    const envelope = {
      specversion: '1.0',
      id,
      source: '/test',
      type: contract.type,
      datacontenttype: 'application/json',
      data,
      ...changes,
    };
    return this.post(eventRoute(contract), JSON.stringify(envelope));
  }

  public async post(
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    contentType = 'application/cloudevents+json',
  ): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': contentType },
    });
    return { status: response.status, body: await response.text() };
  }

  public async get(path: string): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`);
    return { status: response.status, body: await response.text() };
  }

  public async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Answers of a consumer, as a sidecar reads them. */
export const ACKNOWLEDGED: Answer = { status: 200, body: '{"status":"SUCCESS"}' };
export const DEAD_LETTERED: Answer = { status: 200, body: '{"status":"DROP"}' };
