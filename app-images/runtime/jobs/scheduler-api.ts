import type { SidecarReply, SidecarRequest } from '../outbox/publisher.ts';
import { daprHttpPort, sidecarHeaders } from '../sidecar/sidecar.ts';

/** Sends a request to the sidecar. */
export type SendToSidecar = (request: SidecarRequest) => Promise<SidecarReply>;

/** Time for an answer, in milliseconds: a sidecar whose scheduler is not there would take half a minute. */
const TIMEOUT = 5_000;
/** Time between two tries of a run that fails. */
const RETRY_INTERVAL = '10s';
/** How Dapr 1.18 says, with status 500, that there is no such job. */
const NO_SUCH_JOB = /NotFound|not found/;

/** Sends a request over HTTP on this machine. */
export async function sendToSidecar({
  method,
  path,
  headers,
  body,
}: SidecarRequest): Promise<SidecarReply> {
  const response = await fetch(`http://127.0.0.1:${daprHttpPort()}${path}`, {
    method,
    headers: { ...headers, ...sidecarHeaders() },
    signal: AbortSignal.timeout(TIMEOUT),
    ...(body !== '' && { body }),
  });
  return { status: response.status, body: await response.text() };
}

/** An answer of `GET`, as far as it is read. */
interface RegisteredJob {
  readonly data?: { readonly value?: { readonly due?: unknown } };
}

/**
 * The jobs of this app in Dapr's scheduler. A job is registered for one due time, and is tried without limit while
 * the app answers that it has failed.
 *
 * @see https://docs.dapr.io/reference/api/jobs_api/
 */
export class SchedulerApi {
  public constructor(private readonly send: SendToSidecar = sendToSidecar) {}

  /** The due time that a job is registered for; undefined when it is not, or was registered by somebody else. */
  public async dueOf(job: string): Promise<string | undefined> {
    const reply = await this.#send('GET', job);
    if (reply.status === 404 || (reply.status === 500 && NO_SUCH_JOB.test(reply.body))) {
      return undefined;
    }
    this.#check('GET', job, reply);
    const { data } = JSON.parse(reply.body) as RegisteredJob;
    return typeof data?.value?.due === 'string' ? data.value.due : undefined;
  }

  /** Registers a job for a due time, instead of another one. One that is over is due at once. */
  public async register(job: string, due: string): Promise<void> {
    const body = JSON.stringify({
      dueTime: due,
      data: { due },
      overwrite: true,
      failurePolicy: { constant: { interval: RETRY_INTERVAL } },
    });
    this.#check('POST', job, await this.#send('POST', job, body));
  }

  /** Removes a job, if it is there. */
  public async remove(job: string): Promise<void> {
    const reply = await this.#send('DELETE', job);
    if (reply.status !== 404) {
      this.#check('DELETE', job, reply);
    }
  }

  #send(method: string, job: string, body = ''): Promise<SidecarReply> {
    const headers: Record<string, string> =
      body === '' ? {} : { 'content-type': 'application/json' };
    return this.send({ method, path: `/v1.0/jobs/${job}`, headers, body });
  }

  #check(method: string, job: string, { status, body }: SidecarReply): void {
    if (status < 200 || status > 299) {
      throw new Error(
        `the sidecar answered ${status} to ${method} of the job '${job}': ${body.slice(0, 300)}`,
      );
    }
  }
}
