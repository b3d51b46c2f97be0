import type { Faults } from '../faults/faults.ts';
import { Refusal } from './answers.ts';
import type { AppChannel } from './app-channel.ts';
import type { Scheduler } from './scheduler.ts';

/** What a failed call is followed by. */
interface FailurePolicy {
  readonly drop?: object;
  readonly constant?: {
    /** Duration as Go writes it, e.g. `10s`. */
    readonly interval?: string;
    /** @default - without limit */
    readonly maxRetries?: number;
  };
}

/** A job, as it is registered. */
export interface JobRequest {
  readonly name?: unknown;
  readonly schedule?: unknown;
  /** RFC 3339. */
  readonly dueTime?: unknown;
  readonly data?: unknown;
  readonly overwrite?: unknown;
  readonly failurePolicy?: FailurePolicy;
}

/** A job that waits for its due time, or for its next try. */
interface RegisteredJob {
  readonly request: JobRequest;
  readonly dueTime: string;
  readonly removed: AbortController;
}

/** What jobs need of their sidecar. */
export interface JobsContext {
  readonly channel: AppChannel;
  readonly scheduler: Scheduler;
  /** @default - no faults */
  readonly faults: Faults | undefined;
  readonly log: (line: string) => void;
}

/** Without a policy, as Dapr has it. */
const DEFAULT_POLICY = { interval: 1_000, maxRetries: 3 };
/** Longest wait of a timer, in milliseconds: one of Node ends at 24 days. */
const LONGEST_WAIT = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const VALUE = 'type.googleapis.com/google.protobuf.Value';

function failed(call: string, message: string, status = 500): Refusal {
  const errorCode = `DAPR_SCHEDULER_${call}_JOB`;
  return new Refusal(status, errorCode, `failed to ${call.toLowerCase()} job due to: ${message}`);
}

/** Milliseconds of a duration; undefined when it is not one. */
function durationOf(text: string): number | undefined {
  const [whole, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  return whole === undefined ? undefined : Number(number) * UNITS[unit!]!;
}

/**
 * Jobs of one app: each is called for once, at its due time, and again as its failure policy says. They are not called
 * while the app is not healthy, and stay while it restarts.
 *
 * @see https://docs.dapr.io/reference/api/jobs_api/
 */
export class Jobs {
  readonly #jobs = new Map<string, RegisteredJob>();
  readonly #running = new Set<Promise<void>>();
  #healthy: AbortController | undefined;
  #resume: (() => void)[] = [];

  public constructor(private readonly context: JobsContext) {}

  /** Registers a job. @throws Refusal as daprd answers */
  public schedule(name: string, request: JobRequest): void {
    if (request.name !== undefined && request.name !== '') {
      throw new Refusal(400, 'DAPR_SCHEDULER_JOB_NAME', 'Set the job name in the url only');
    }
    const { dueTime, schedule, overwrite } = request;
    if (dueTime === undefined && schedule === undefined) {
      throw new Refusal(400, 'DAPR_SCHEDULER_SCHEDULE_EMPTY', 'Schedule is empty');
    }
    if (schedule !== undefined) {
      throw failed('SCHEDULE', 'schedule is not supported here: register each due time');
    }
    if (typeof dueTime !== 'string' || Number.isNaN(Date.parse(dueTime))) {
      throw failed('SCHEDULE', 'job failed validation: due time format not recognized');
    }
    const present = this.#jobs.get(name);
    if (present !== undefined && overwrite !== true) {
      throw failed('SCHEDULE', `AlreadyExists: job already exists: '${name}'`, 409);
    }
    present?.removed.abort();
    const job = { request, dueTime, removed: new AbortController() };
    this.#jobs.set(name, job);
    const running: Promise<void> = this.context.scheduler
      .run(() => this.#run(name, job))
      .catch((error: unknown) => this.context.log(`job ${name}: ${(error as Error).message}`))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** A job as `GET` answers it. @throws Refusal when there is none */
  public get(name: string): object {
    const job = this.#jobs.get(name);
    if (job === undefined) {
      throw failed('GET', `rpc error: code = NotFound desc = job not found: ${name}`);
    }
    const { data, failurePolicy } = job.request;
    return {
      ...{ name, dueTime: job.dueTime },
      ...(data !== undefined && { data: { '@type': VALUE, value: data } }),
      ...(failurePolicy !== undefined && { failurePolicy }),
    };
  }

  /** Removes a job, if it is there. */
  public delete(name: string): void {
    this.#jobs.get(name)?.removed.abort();
    this.#jobs.delete(name);
  }

  /** Removes all jobs. */
  public forget(): void {
    this.#jobs.forEach(({ removed }) => removed.abort());
    this.#jobs.clear();
  }

  /** Begins to call the app. */
  public start(): void {
    this.#healthy = new AbortController();
    this.#resume.splice(0).forEach((resume) => resume());
  }

  /** Ends calls: those in flight are cut, and made again after {@link start}. */
  public pause(): void {
    this.#healthy?.abort();
    this.#healthy = undefined;
  }

  /** Ends everything. What was registered is forgotten. */
  public async stop(): Promise<void> {
    this.pause();
    this.forget();
    this.#resume.splice(0).forEach((resume) => resume());
    await Promise.all(this.#running);
  }

  async #run(name: string, job: RegisteredJob): Promise<void> {
    const { scheduler } = this.context;
    const { constant, drop } = job.request.failurePolicy ?? {};
    const interval =
      constant === undefined
        ? DEFAULT_POLICY.interval
        : (durationOf(constant.interval ?? '') ?? DEFAULT_POLICY.interval);
    const retries =
      drop !== undefined
        ? 0
        : constant === undefined
          ? DEFAULT_POLICY.maxRetries
          : constant.maxRetries;
    const { signal } = job.removed;
    await this.#until(Date.parse(job.dueTime), signal);
    for (let tries = 0; !signal.aborted; tries++) {
      if ((await this.#call(name, job)) || tries === retries) {
        break;
      }
      await scheduler.sleep(interval, signal);
    }
    if (this.#jobs.get(name) === job) {
      this.#jobs.delete(name);
    }
  }

  /** Waits for a time. */
  async #until(time: number, signal: AbortSignal): Promise<void> {
    const { scheduler } = this.context;
    for (let left = time - scheduler.now(); left > 0 && !signal.aborted;) {
      await scheduler.sleep(Math.min(left, LONGEST_WAIT), signal);
      left = time - scheduler.now();
    }
  }

  /** Calls the app once it is healthy. @returns whether the job is done: processed, or not known to the app */
  async #call(name: string, { request, removed }: RegisteredJob): Promise<boolean> {
    const { channel, scheduler, faults } = this.context;
    const body = Buffer.from(request.data === undefined ? '' : JSON.stringify(request.data));
    const sent = { path: `/job/${name}`, body, contentType: 'application/json', headers: {} };
    while (!removed.signal.aborted) {
      const cut = this.#healthy?.signal;
      if (cut === undefined) {
        await scheduler.wait(new Promise<void>((resolve) => this.#resume.push(resolve)));
        continue;
      }
      const post = () => channel.post(sent, cut);
      const answer = await (faults === undefined ? post() : faults.around(cut, post));
      if (answer !== undefined || !cut.aborted) {
        const { status = 0 } = answer ?? {};
        return status === 404 || (status >= 200 && status < 300);
      }
    }
    return false;
  }
}
