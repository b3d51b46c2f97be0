import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningPlatform } from '../testkit/platform/platform.ts';
import type { SeededRandom } from '../testkit/random.ts';

/** An answer of an app. */
export interface AppAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request to an app. */
export interface AppRequest {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses from 500 on that are an answer, and not a reason to ask again. @default - none */
  readonly accepts?: readonly number[];
}

/** Tries of a request that cannot be served now. */
const TRIES = 300;

/** Sends requests to the pods of the platform's apps, each to another one, until they are served. */
export class PlatformClient {
  public constructor(
    private readonly platform: RunningPlatform,
    private readonly random: SeededRandom,
  ) {}

  /** Sends a request to any pod of an app, again with the same headers while it cannot be served. */
  public async call(
    appId: string,
    method: string,
    path: string,
    { body, headers = {}, accepts = [] }: AppRequest = {},
  ): Promise<AppAnswer> {
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await fetch(`http://127.0.0.1:${this.#port(appId)}${path}`, {
          method,
          headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
          ...(body && { body: JSON.stringify(body) }),
          redirect: 'manual',
          signal: AbortSignal.timeout(20_000),
        });
        const text = await answer.text();
        if (answer.status < 500 || accepts.includes(answer.status)) {
          const parsed = (text === '' ? {} : JSON.parse(text)) as AppAnswer['body'];
          return { status: answer.status, headers: answer.headers, body: parsed };
        }
        throw new Error(`${method} ${path} of ${appId} answered ${answer.status}: ${text}`);
      } catch (error) {
        if (attempt === TRIES) {
          throw error;
        }
        await sleep(100);
      }
    }
  }

  #port(appId: string): number {
    const { apps, more } = this.platform;
    const pods = [apps.get(appId)!, ...more.filter((pod) => pod.appId === appId)];
    return this.random.pick(pods).port;
  }
}
