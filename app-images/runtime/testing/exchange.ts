import type { RequestListener } from 'node:http';
import inject from 'light-my-request';

/** A request to a server in this process. */
export interface ExchangeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Its answer. */
export interface ExchangeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/**
 * Sends a request to a server that does not listen.
 *
 * @param signal hangs up.
 * @returns undefined without an answer.
 */
export async function exchange(
  server: RequestListener,
  { method, path, headers = {}, body = '' }: ExchangeRequest,
  signal?: AbortSignal,
): Promise<ExchangeAnswer | undefined> {
  if (signal?.aborted === true) {
    return undefined;
  }
  let hangUp: () => void = () => undefined;
  const dispatch: RequestListener = (request, response) => {
    hangUp = () => response.destroy();
    signal?.addEventListener('abort', hangUp);
    server(request, response);
  };
  try {
    const answer = await inject(dispatch, { method, url: path, headers, payload: body });
    return { status: answer.statusCode, headers: answer.headers, body: answer.payload };
  } catch {
    // It was hung up.
    return undefined;
  } finally {
    signal?.removeEventListener('abort', hangUp);
  }
}
