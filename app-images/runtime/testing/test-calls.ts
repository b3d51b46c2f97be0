import type { StateReply } from '../process/app-scope.ts';
import type { SidecarRequest } from '../outbox/publisher.ts';

/** A call of another app, as that app would get it. */
export interface CallUnderTest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON value. @default - no body */
  readonly body?: unknown;
}

/** What another app answers: nothing but a status by default. */
export interface CallUnderTestAnswer {
  /** @default 200 */
  readonly status?: number;
  /** JSON value. @default - no body */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers calls of another app. */
export type AnswerCall = (
  call: CallUnderTest,
) => CallUnderTestAnswer | Promise<CallUnderTestAnswer>;

const INVOKE = /^\/v1\.0\/invoke\/([^/]+)\/method(\/[^?]*)(?:\?(.*))?$/s;

/** Other apps, as far as a test says what they answer. */
export class TestCalls {
  readonly #apps = new Map<string, AnswerCall>();

  /** Says what an app answers from now on. */
  public set(appId: string, answer: AnswerCall): void {
    this.#apps.set(appId, answer);
  }

  /** Answers a request to the sidecar. @returns undefined when it is not a call. */
  public async answer(request: SidecarRequest): Promise<StateReply | undefined> {
    const [, appId, path, query] = INVOKE.exec(request.path) ?? [];
    if (appId === undefined) {
      return undefined;
    }
    const answer = this.#apps.get(appId);
    if (answer === undefined) {
      return {
        status: 500,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          errorCode: 'ERR_DIRECT_INVOKE',
          message: `failed to invoke, id: ${appId}, err: couldn't find service: ${appId}`,
        }),
      };
    }
    const {
      status = 200,
      body,
      headers = {},
    } = await answer({
      method: request.method,
      path: decodeURI(path!),
      query: Object.fromEntries(new URLSearchParams(query)),
      headers: request.headers,
      ...(request.body !== '' && { body: JSON.parse(request.body) as unknown }),
    });
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    return {
      status,
      headers: { ...(body !== undefined && { 'content-type': type }), ...headers },
      body: body === undefined ? '' : JSON.stringify(body),
    };
  }
}
