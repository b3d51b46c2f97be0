import { Agent, request } from 'node:http';
import {
  type EventContract,
  type EventData,
  RUNTIME_ENV,
} from '../../constructs/contracts/index.ts';
import type { CloudEvent } from './cloud-event.ts';
import { InvalidEventError } from './cloud-event.ts';
import type { RuntimeMetrics } from './metrics.ts';
import { schemaCheck, type SchemaCheck } from './schema-check.ts';
import { daprHttpPort } from './sidecar.ts';

/** The sidecar or the broker did not confirm an event. It may have been published all the same. */
export class PublishError extends Error {
  public override readonly name = 'PublishError';
}

/** What a {@link Publisher} is made of. */
export interface PublisherOptions {
  /** CloudEvents `source` of the events, e.g. `/producer-service`. */
  readonly source: string;
  /** The events that are published. */
  readonly contracts: readonly EventContract[];
  readonly metrics: RuntimeMetrics;
  /** Name of the pub/sub component. @default - `PUBSUB_NAME` */
  readonly pubSub?: string;
  /** Port of the sidecar's HTTP API. @default - `DAPR_HTTP_PORT`, else 3500 */
  readonly daprPort?: number;
  /** Time to a confirmation, in milliseconds. @default 15000 */
  readonly timeout?: number;
}

/** Publishes events through the sidecar, under ids that the caller chooses. */
export class Publisher {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #checks: ReadonlyMap<string, SchemaCheck>;
  readonly #options: Required<PublisherOptions>;

  public constructor(options: PublisherOptions) {
    const pubSub = options.pubSub ?? process.env[RUNTIME_ENV.pubSubName];
    if (pubSub === undefined || pubSub === '') {
      throw new Error(
        `${RUNTIME_ENV.pubSubName} is not set: give the name of the Dapr pub/sub component`,
      );
    }
    this.#options = {
      pubSub,
      daprPort: daprHttpPort(),
      timeout: 15_000,
      ...options,
    };
    this.#checks = new Map(
      options.contracts.map((contract) => [contract.type, schemaCheck(contract)]),
    );
  }

  /**
   * Publishes one event and waits for the broker to confirm it. Publishing the same id again is
   * safe: consumers process it once.
   *
   * @throws InvalidEventError when `data` is not as the contract says; nothing is published then.
   * @throws PublishError when no confirmation came.
   */
  public async publish<Contract extends EventContract>(
    contract: Contract,
    id: string,
    data: EventData<Contract>,
    time = new Date().toISOString(),
  ): Promise<CloudEvent<EventData<Contract>>> {
    const check = this.#checks.get(contract.type);
    if (check === undefined) {
      throw new Error(`${contract.type} is not among the contracts of this publisher: add it`);
    }
    const reasons = check(data);
    if (reasons.length > 0) {
      throw new InvalidEventError(reasons.join('; '));
    }
    const event: CloudEvent<EventData<Contract>> = {
      specversion: '1.0',
      id,
      source: this.#options.source,
      type: contract.type,
      time,
      datacontenttype: 'application/json',
      data,
    };
    const key = String((data as Record<string, unknown>)[contract.key]);
    const { pubSub } = this.#options;
    await this.#post(
      `/v1.0/publish/${encodeURIComponent(pubSub)}/${encodeURIComponent(contract.topic)}?metadata.partitionKey=${encodeURIComponent(key)}`,
      JSON.stringify(event),
    );
    this.#options.metrics.published(contract.type);
    return event;
  }

  /** Whether the sidecar is ready to publish: why not, or undefined when it is. */
  public async readiness(): Promise<string | undefined> {
    try {
      await this.#send('GET', '/v1.0/healthz/outbound', undefined, 400);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** Closes idle connections. */
  public close(): void {
    this.#agent.destroy();
  }

  #post(path: string, body: string): Promise<void> {
    return this.#send('POST', path, body, this.#options.timeout);
  }

  #send(method: string, path: string, body: string | undefined, timeout: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          host: '127.0.0.1',
          port: this.#options.daprPort,
          method,
          path,
          agent: this.#agent,
          signal: AbortSignal.timeout(timeout),
          ...(body !== undefined && {
            headers: {
              // The whole envelope: otherwise Dapr would give each try an id of its own.
              'content-type': 'application/cloudevents+json',
              'content-length': Buffer.byteLength(body),
            },
          }),
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const status = response.statusCode ?? 0;
            if (status >= 200 && status < 300) {
              resolve();
            } else {
              reject(
                new PublishError(
                  `the sidecar answered ${status}: ${Buffer.concat(chunks).toString().slice(0, 300)}`,
                ),
              );
            }
          });
        },
      );
      call.on('error', (error: NodeJS.ErrnoException) =>
        reject(
          new PublishError(
            error.name === 'TimeoutError' || error.name === 'AbortError'
              ? `the sidecar has not answered for ${timeout} ms`
              : `the sidecar cannot be reached: ${error.code ?? error.message}`,
          ),
        ),
      );
      call.end(body);
    });
  }
}
