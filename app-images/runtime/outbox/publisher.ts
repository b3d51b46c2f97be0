import { Agent, request } from 'node:http';
import { type EventContract } from '@cdk8s-event-platform/contracts';
import { PUBLISH_PROOF, RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import type { CloudEvent } from '../events/cloud-event.ts';
import { DependencyUnavailableError } from '../errors/failure.ts';
import { toOutgoingEvent } from './outgoing-event.ts';
import { needsSealing } from '../sealing/sealing.ts';
import { PublishProof } from './publish-proof.ts';
import { daprHttpPort, sidecarHeaders } from '../sidecar/sidecar.ts';
import { NOT_SAMPLED } from '../telemetry/trace-context.ts';

/** Status of a {@link PublishError} when the sidecar takes requests, and did not answer in time. */
export const NO_ANSWER = 504;

/** The sidecar or the broker did not confirm an event. It may have been published all the same. */
export class PublishError extends DependencyUnavailableError {
  public override readonly name = 'PublishError';
  /** Whether the content of the event is refused, such as one that is too large for the broker. */
  public override readonly isRefusal: boolean;

  /** @param status of the sidecar's answer. @default - the sidecar cannot be reached */
  public constructor(
    message: string,
    public readonly status?: number,
  ) {
    super(message);
    this.isRefusal = isRefusedForItsContent(this);
  }
}

/** Whether the sidecar refuses the content of a request: it may accept a part of it, and nothing was published. */
export function isRefusedForItsContent({ status }: PublishError): boolean {
  return status === 400 || status === 413 || status === 422;
}

/** A request to the sidecar. */
export interface SidecarRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The sidecar's answer. */
export interface SidecarReply {
  readonly status: number;
  readonly body: string;
}

/** Options of {@link Publisher}. */
export interface PublisherOptions {
  /** Name of the pub/sub component. @default - `PUBSUB_NAME` */
  readonly pubSub?: string;
  /** Port of the sidecar's HTTP API. @default - `DAPR_HTTP_PORT`, else 3500 */
  readonly daprPort?: number;
  /** Time to a confirmation, in milliseconds. @default 15000 */
  readonly timeout?: number;
  /**
   * Sends requests to the sidecar.
   *
   * @internal
   * @default - over HTTP on this machine
   */
  readonly send?: (request: SidecarRequest) => Promise<SidecarReply>;
}

/** An event to publish, as JSON. */
export interface Outgoing {
  /** Unique among those that are published together. */
  readonly entryId: string;
  /** Partition key. */
  readonly key: string;
  /** The CloudEvent as JSON. */
  readonly event: string;
}

/** The whole envelope: otherwise Dapr would give each try an id of its own. */
const CONTENT_TYPE = 'application/cloudevents+json';

interface SendOptions {
  /** In milliseconds. @default - the publisher's */
  readonly timeout?: number;
  /** Trace that the sidecar's spans of the request belong to. @default - the sidecar begins one */
  readonly traceparent?: string | undefined;
}

function ok({ status }: SidecarReply): boolean {
  return status >= 200 && status < 300;
}

function notConfirmed({ status, body }: SidecarReply): PublishError {
  return new PublishError(`the sidecar answered ${status}: ${body.slice(0, 300)}`, status);
}

/** Publishes events through the sidecar. Publishing the same event again is safe: consumers process it once. */
export class Publisher {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #options: Required<Omit<PublisherOptions, 'send'>>;
  readonly #proof = new PublishProof((timeout) => this.#publishProof(timeout));
  #needsProof: boolean | undefined;

  public constructor(private readonly options: PublisherOptions = {}) {
    const pubSub = options.pubSub ?? process.env[RUNTIME_ENV.pubSubName];
    if (pubSub === undefined || pubSub === '') {
      throw new Error(
        `${RUNTIME_ENV.pubSubName} is not set: give the name of the Dapr pub/sub component`,
      );
    }
    this.#options = { daprPort: daprHttpPort(), timeout: 15_000, ...options, pubSub };
  }

  /**
   * Publishes one event and waits for the broker to confirm it.
   *
   * @throws InvalidEventError when a consumer could not process it; nothing was published then.
   * @throws PublishError when the broker does not confirm it.
   */
  public async publish(contract: EventContract, event: CloudEvent): Promise<void> {
    if (needsSealing(contract)) {
      throw new Error(
        `events of ${contract.type} hold values that are encrypted or kept elsewhere: publish them with tx.publish`,
      );
    }
    const { key: plainKey, text } = toOutgoingEvent(contract, event);
    const key = encodeURIComponent(plainKey);
    await this.#proven(async () => {
      const reply = await this.#send(
        'POST',
        `/v1.0/publish/${this.#target(contract.topic)}?metadata.partitionKey=${key}`,
        text,
        CONTENT_TYPE,
        { traceparent: event.traceparent },
      );
      if (!ok(reply)) {
        throw notConfirmed(reply);
      }
    });
  }

  /** Largest number of events that {@link publishMany} should get at once. */
  public get maxBatchSize(): number {
    return this.#needsProof === true ? this.#proof.maxBatchSize : Infinity;
  }

  /**
   * Publishes several events to one topic. Nothing is said about their order, so let there be one of a
   * key at most.
   *
   * @param traceparent trace that the sidecar's spans of the request belong to. @default - one of their own
   * @param timeout in milliseconds. @default - the publisher's
   * @returns the entry ids of those that were not confirmed.
   * @throws PublishError when nothing is known of any.
   * @see https://docs.dapr.io/developing-applications/building-blocks/pubsub/pubsub-bulk/
   */
  public publishMany(
    topic: string,
    events: readonly Outgoing[],
    traceparent?: string,
    timeout?: number,
  ): Promise<Set<string>> {
    return this.#proven(() =>
      this.#publishMany(topic, events, { traceparent, ...(timeout !== undefined && { timeout }) }),
    );
  }

  /** Whether the sidecar is ready to publish: why not, or undefined when it is. */
  public async readiness(): Promise<string | undefined> {
    try {
      const reply = await this.#send('GET', '/v1.0/healthz/outbound', '', 'text/plain', {
        timeout: 400,
      });
      return ok(reply) ? undefined : notConfirmed(reply).message;
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** Closes idle connections. */
  public close(): void {
    this.#agent.destroy();
  }

  /** What `publish` returns, once it is sure where the sidecar's word alone is not enough. */
  async #proven<Result>(publish: () => Promise<Result>): Promise<Result> {
    this.#needsProof ??= await this.#askWhetherProof();
    return this.#needsProof ? this.#proof.of(publish) : publish();
  }

  async #askWhetherProof(): Promise<boolean> {
    const reply = await this.#send('GET', '/v1.0/metadata', '', 'text/plain');
    if (!ok(reply)) {
      throw notConfirmed(reply);
    }
    const { pubSub } = this.#options;
    const needed = PublishProof.isNeeded(reply.body, pubSub);
    if (needed === undefined) {
      throw new PublishError(`the sidecar has not loaded the component '${pubSub}'`);
    }
    return needed;
  }

  async #publishMany(
    topic: string,
    events: readonly Outgoing[],
    options: SendOptions,
  ): Promise<Set<string>> {
    const entries = events.map(
      ({ entryId, key, event }) =>
        // The event is JSON already.
        `{"entryId":${JSON.stringify(entryId)},"contentType":"${CONTENT_TYPE}","metadata":{"partitionKey":${JSON.stringify(key)}},"event":${event}}`,
    );
    const reply = await this.#send(
      'POST',
      `/v1.0/publish/bulk/${this.#target(topic)}`,
      `[${entries.join(',')}]`,
      'application/json',
      options,
    );
    if (ok(reply)) {
      return new Set();
    }
    let failed: { entryId?: unknown }[] | undefined;
    try {
      ({ failedEntries: failed } = JSON.parse(reply.body) as { failedEntries?: typeof failed });
    } catch {
      // No list: nothing is known.
    }
    if (!Array.isArray(failed) || failed.length === 0) {
      throw notConfirmed(reply);
    }
    return new Set(failed.map(({ entryId }) => String(entryId)));
  }

  async #publishProof(timeout: number): Promise<void> {
    if (timeout < 1) {
      throw new PublishError('publishing took too long to be sure of it');
    }
    const path = `/v1.0/publish/${this.#target(PUBLISH_PROOF.topic)}`;
    const reply = await this.#send('POST', path, '{}', 'application/json', {
      timeout,
      traceparent: NOT_SAMPLED,
    });
    if (!ok(reply)) {
      throw notConfirmed(reply);
    }
  }

  #target(topic: string): string {
    return `${encodeURIComponent(this.#options.pubSub)}/${encodeURIComponent(topic)}`;
  }

  #send(
    method: string,
    path: string,
    body: string,
    contentType: string,
    options: SendOptions = {},
  ): Promise<SidecarReply> {
    const { timeout = this.#options.timeout, traceparent } = options;
    if (this.options.send !== undefined) {
      const headers = {
        ...{ 'content-type': contentType },
        ...(traceparent !== undefined && { traceparent }),
      };
      return this.options.send({ method, path, headers, body });
    }
    return new Promise((resolve, reject) => {
      const call = request(
        {
          host: '127.0.0.1',
          port: this.#options.daprPort,
          method,
          path,
          agent: this.#agent,
          signal: AbortSignal.timeout(timeout),
          headers: {
            ...sidecarHeaders(),
            'content-type': contentType,
            'content-length': Buffer.byteLength(body),
            ...(traceparent !== undefined && { traceparent }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
          );
        },
      );
      call.on('error', (error: NodeJS.ErrnoException) =>
        reject(
          error.name === 'TimeoutError' || error.name === 'AbortError'
            ? new PublishError(`the sidecar has not answered for ${timeout} ms`, NO_ANSWER)
            : new PublishError(`the sidecar cannot be reached: ${error.code ?? error.message}`),
        ),
      );
      call.end(body);
    });
  }
}
