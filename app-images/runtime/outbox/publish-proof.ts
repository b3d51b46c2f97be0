import { PUBLISH_PROOF } from '@cdk8s-event-platform/contracts/interface';

/**
 * Time from before something is published to after its proof, in milliseconds. A connection that is
 * lost comes back after Dapr's `reconnectWaitSeconds`, 3 by default: what succeeds sooner has gone
 * through the connection that everything before it went through.
 */
const MAX_PROOF_TIME = 2_000;
/** Maximum number of events of one request. */
const MAX_BATCH_SIZE = 64;

/** The sidecar's answer to `GET /v1.0/metadata`. */
interface SidecarMetadata {
  readonly components?: readonly { readonly name: string; readonly type: string }[];
}

/**
 * Proofs that what a sidecar confirms has reached the broker. Dapr's component for RabbitMQ (up to 1.18)
 * logs that a confirmation did not come, because the connection was lost meanwhile, and answers that all is
 * well. What is published next finds the connection closed, and has to wait for another one. So when
 * that is published at once, what came before is with the broker.
 */
export class PublishProof {
  #maxBatchSize = MAX_BATCH_SIZE;
  readonly #publish: (timeout: number) => Promise<void>;

  /** @param publish publishes something that nobody receives within these milliseconds, or throws. */
  public constructor(publish: (timeout: number) => Promise<void>) {
    this.#publish = publish;
  }

  /** Whether a component needs proofs; undefined when the sidecar has not loaded it. */
  public static isNeeded(metadata: string, component: string): boolean | undefined {
    const { components = [] } = JSON.parse(metadata) as SidecarMetadata;
    const type = components.find(({ name }) => name === component)?.type;
    return type === undefined ? undefined : type === PUBLISH_PROOF.componentType;
  }

  /** Number of events for one proof: fewer after one that took too long. */
  public get maxBatchSize(): number {
    return this.#maxBatchSize;
  }

  /** Returns what `publish` returns, with a proof. @throws PublishError without one. */
  public async of<Result>(publish: () => Promise<Result>): Promise<Result> {
    const end = performance.now() + MAX_PROOF_TIME;
    try {
      const result = await publish();
      await this.#publish(Math.floor(end - performance.now()));
      this.#maxBatchSize = Math.min(MAX_BATCH_SIZE, 2 * this.#maxBatchSize);
      return result;
    } catch (error) {
      this.#maxBatchSize = Math.max(1, Math.floor(this.#maxBatchSize / 2));
      throw error;
    }
  }
}
