import { Agent, request } from 'node:http';
import { DAPR_TOKEN_HEADER } from '@cdk8s-event-platform/contracts/interface';
import type { HealthSettings } from './app-resources.ts';

/** What an app answered. */
export interface AppAnswer {
  readonly status: number;
  readonly body: string;
}

/** A request to an app. */
export interface AppRequest {
  readonly path: string;
  readonly body: Buffer;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A call of another app. */
export interface AppCall {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/** What an app answered to a call. */
export interface AppReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Requests to one app, with the token that it expects. */
export interface AppChannel {
  /**
   * Posts to the app.
   *
   * @returns undefined without an answer: the app cannot be reached, takes too long, or the signal was aborted.
   */
  post(sent: AppRequest, signal: AbortSignal): Promise<AppAnswer | undefined>;
  /**
   * Passes on a call of another app.
   *
   * @param late is aborted when the call takes too long. @default - it takes as long as it takes
   * @returns undefined without an answer: the app cannot be reached; `late` when it takes too long.
   */
  call(sent: AppCall, late?: AbortSignal): Promise<AppReply | 'late' | undefined>;
  /** Whether the app's health path answers 200 to 299. */
  isHealthy(settings: HealthSettings): Promise<boolean>;
  /** Closes idle connections. */
  close(): void;
}

/** Requests over HTTP on this machine. */
export class HttpChannel implements AppChannel {
  readonly #agent = new Agent({ keepAlive: true });

  public constructor(
    private readonly port: number,
    private readonly token: string | undefined,
  ) {}

  public async post(sent: AppRequest, signal: AbortSignal): Promise<AppAnswer | undefined> {
    const { path, body, contentType, headers } = sent;
    const answer = await this.#send('POST', path, signal, body, {
      ...headers,
      'content-type': contentType,
      'content-length': String(body.length),
      ...(this.token !== undefined && { [DAPR_TOKEN_HEADER]: this.token }),
    });
    return answer && { status: answer.status, body: answer.body.toString() };
  }

  public async call(
    { method, path, body, headers }: AppCall,
    late?: AbortSignal,
  ): Promise<AppReply | 'late' | undefined> {
    // What may not be made twice gets a connection of its own: one that was idle may be closed, which cannot be told
    // from a request that was cut.
    const agent = method === 'GET' ? this.#agent : false;
    const answer = await this.#send(
      method,
      path,
      late,
      body,
      {
        ...headers,
        ...(this.token !== undefined && { [DAPR_TOKEN_HEADER]: this.token }),
        ...(body.length > 0 && { 'content-length': String(body.length) }),
      },
      agent,
    );
    return answer ?? (late?.aborted === true ? 'late' : undefined);
  }

  public async isHealthy({ path, timeout }: HealthSettings): Promise<boolean> {
    const answer = await this.#send('GET', path, AbortSignal.timeout(timeout));
    return answer !== undefined && answer.status >= 200 && answer.status < 300;
  }

  public close(): void {
    this.#agent.destroy();
  }

  #send(
    method: string,
    path: string,
    signal: AbortSignal | undefined,
    body?: Buffer,
    headers: Readonly<Record<string, string | string[]>> = {},
    agent: Agent | false = this.#agent,
    again = true,
  ): Promise<AppReply | undefined> {
    return new Promise((resolve) => {
      const { port } = this;
      const call = request(
        { host: '127.0.0.1', port, method, path, agent, signal, headers },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', () => resolve(undefined));
          response.on('end', () =>
            resolve({
              ...{ status: response.statusCode ?? 0, headers: response.headers },
              body: Buffer.concat(chunks),
            }),
          );
        },
      );
      call.on('error', (error: NodeJS.ErrnoException) => {
        // The app has closed a connection that was idle.
        const stale = call.reusedSocket && error.code === 'ECONNRESET';
        resolve(
          stale && again && signal?.aborted !== true
            ? this.#send(method, path, signal, body, headers, agent, false)
            : undefined,
        );
      });
      call.end(body);
    });
  }
}
