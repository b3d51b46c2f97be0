import { DAPR_TOKEN_HEADER } from '@cdk8s-event-platform/contracts/interface';
import type {
  AppAnswer,
  AppCall,
  AppChannel,
  AppReply,
  AppRequest,
} from '../sidecar/app-channel.ts';
import type { AppInTest } from './app-in-test.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Holds deliveries back while it is closed. */
export class Gate {
  #open: Promise<void> | undefined;
  #release: () => void = () => undefined;

  /** Closes it. */
  public close(): void {
    this.#open ??= new Promise((resolve) => (this.#release = resolve));
  }

  /** Opens it. */
  public open(): void {
    this.#open = undefined;
    this.#release();
  }

  /** Resolves when it is open; undefined when it is open now. */
  public get opened(): Promise<void> | undefined {
    return this.#open;
  }
}

/** Deliveries to an app in the same process, while the gate is open. */
export class InProcessChannel implements AppChannel {
  public constructor(
    private readonly app: AppInTest,
    private readonly token: string | undefined,
    private readonly gate: Gate,
    private readonly time: VirtualTime,
  ) {}

  public async post(
    { path, body, contentType, headers }: AppRequest,
    signal: AbortSignal,
  ): Promise<AppAnswer | undefined> {
    while (this.gate.opened !== undefined && !signal.aborted) {
      const aborted = new Promise<void>((resolve) =>
        signal.addEventListener('abort', () => resolve(), { once: true }),
      );
      await this.time.wait(Promise.race([this.gate.opened, aborted]));
    }
    return this.app.send(
      {
        ...{ method: 'POST', path, body },
        headers: {
          ...headers,
          'content-type': contentType,
          ...(this.token !== undefined && { [DAPR_TOKEN_HEADER]: this.token }),
        },
      },
      signal,
    );
  }

  public async call(
    { headers, ...sent }: AppCall,
    late?: AbortSignal,
  ): Promise<AppReply | 'late' | undefined> {
    const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
    const answer = await this.app.send(
      {
        ...sent,
        headers: {
          ...(Object.fromEntries(texts) as Record<string, string>),
          ...(this.token !== undefined && { [DAPR_TOKEN_HEADER]: this.token }),
        },
      },
      late,
    );
    return answer === undefined
      ? late?.aborted === true
        ? 'late'
        : undefined
      : {
          status: answer.status,
          headers: answer.headers as AppReply['headers'],
          body: Buffer.from(answer.body),
        };
  }

  public isHealthy(): Promise<boolean> {
    return Promise.resolve(true);
  }

  public close(): void {
    // There is no connection.
  }
}
