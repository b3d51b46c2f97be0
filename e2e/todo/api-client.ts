import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningPlatform } from '../../testkit/platform/platform.ts';

/** An answer with a JSON body. */
export interface JsonAnswer {
  readonly status: number;
  readonly etag: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request to an app. */
export interface JsonRequest {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Tries of a request that cannot be served now. */
const TRIES = 200;

/** Sends a request to an app of the platform until it is served: again with the same headers, as clients do. */
export async function call(
  platform: RunningPlatform,
  appId: string,
  method: string,
  path: string,
  { body, headers = {} }: JsonRequest = {},
): Promise<JsonAnswer> {
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await fetch(`http://127.0.0.1:${platform.apps.get(appId)!.port}${path}`, {
        method,
        headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      });
      const text = await answer.text();
      if (answer.status < 500) {
        const parsed = (text === '' ? {} : JSON.parse(text)) as JsonAnswer['body'];
        return { status: answer.status, etag: answer.headers.get('etag'), body: parsed };
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
