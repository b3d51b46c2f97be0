import type pg from 'pg';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { DAPR_TOKEN_HEADER, RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import type { Consumer, Handler, ServiceParts } from '@cdk8s-event-platform/runtime';
import {
  AppInProcess,
  consumer,
  exchange,
  type ExchangeAnswer,
  type ExchangeRequest,
  type JobHandler,
  jobsOf,
  type Logger,
} from '@cdk8s-event-platform/runtime/testing/internal';
import type { Sidecar } from '../sidecar/sidecar.ts';
import { InterruptedPool } from './interrupted-pool.ts';
import { NOTE_HANDLED } from './ledger.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What an app does: a consumer, or what `startService` is given. */
export type TestedApp = Consumer | ({ readonly manifest: AppManifest } & ServiceParts);

/** What {@link AppInTest} needs. */
export interface AppInTestOptions {
  readonly manifest: AppManifest;
  /** What the app does. @default - it is the dead-letter processor */
  readonly app?: TestedApp | undefined;
  /** Variables of its Deployment. */
  readonly env: Readonly<Record<string, string>>;
  readonly pool: pg.Pool;
  readonly time: VirtualTime;
  readonly log: Logger;
}

/** One run of the app, as a process is. */
interface Run {
  readonly app: AppInProcess;
  readonly connections: InterruptedPool;
  readonly killed: AbortController;
}

function consumerOf(manifest: AppManifest, app: TestedApp): Consumer {
  return 'handlers' in app ? app : consumer(manifest, ...(app.on ?? []));
}

/** An app of a platform in a test, which can be killed. A new run begins at once, as the kubelet begins one. */
export class AppInTest {
  /** Its sidecar, which is started after it. */
  public sidecar: Sidecar | undefined;
  /** Requests that it has not answered. */
  public inFlight = 0;
  /** Requests to its API that it has not answered. */
  public asked = 0;
  /** Requests so far. */
  public requests = 0;
  #killedAtCommit = false;
  #run: Run;

  public constructor(private readonly options: AppInTestOptions) {
    this.#run = this.#start();
  }

  /** Sends a request to the app. @returns undefined without an answer: it was killed, or the signal aborted. */
  public async send(
    request: ExchangeRequest,
    signal?: AbortSignal,
  ): Promise<ExchangeAnswer | undefined> {
    const { app, killed } = this.#run;
    this.inFlight++;
    this.requests++;
    try {
      const cut = signal === undefined ? killed.signal : AbortSignal.any([killed.signal, signal]);
      return await exchange(app.handle, request, cut);
    } finally {
      this.inFlight--;
    }
  }

  /** Sends a request to its API. @returns as {@link send} */
  public async ask(request: ExchangeRequest): Promise<ExchangeAnswer | undefined> {
    this.asked++;
    try {
      return await this.send(request);
    } finally {
      this.asked--;
    }
  }

  /** Requests to its API that do something: they do not wait for the answer to a command. */
  public get busy(): number {
    return Math.max(0, this.asked - this.#run.app.waiting);
  }

  /** Relays, replays and performs some of what is due. @returns how much. */
  public round(): Promise<number> {
    return this.#run.app.round();
  }

  public keep(): Promise<void> {
    return this.#run.app.keep();
  }

  /** Ends the process without notice. */
  public kill(): void {
    const { app, connections, killed } = this.#run;
    app.kill();
    this.#run = this.#start();
    connections.cut('the process was killed');
    killed.abort();
  }

  /** Kills the process with its next delivery or job, after the handler and before the commit. */
  public killAtCommit(): void {
    this.#killedAtCommit = true;
  }

  /** Cuts the connections to the database. */
  public interrupt(): void {
    this.#run.connections.cut('the database is interrupted');
  }

  public restore(): void {
    this.#run.connections.restore();
  }

  #start(): Run {
    const { manifest, app, env, pool, time, log } = this.options;
    const connections = new InterruptedPool(pool);
    const { routes, housekeeping, claims, erase, projections }: ServiceParts =
      app === undefined || 'handlers' in app ? {} : app;
    const jobs: ServiceParts['jobs'] = app === undefined || 'handlers' in app ? {} : app.jobs;
    const receives = app !== undefined && ('handlers' in app || app.on !== undefined);
    const subscribes = receives || (manifest.subscribes ?? []).length > 0;
    return {
      connections,
      killed: new AbortController(),
      app: new AppInProcess({
        ...{ manifest, env, log, routes, housekeeping, claims, erase, pool: connections.pool },
        projections,
        ...(app !== undefined &&
          subscribes && {
            consumer: this.#noting(consumerOf(manifest, app)),
          }),
        jobs: app && jobsOf(manifest, this.#interruptible(jobs), env),
        now: () => time.now(),
        after: (milliseconds) => time.timeout(milliseconds),
        send: (request) => this.#toSidecar(request),
      }),
    };
  }

  async #toSidecar(
    request: ExchangeRequest,
  ): Promise<ExchangeAnswer & { readonly etag?: string | undefined }> {
    const token = this.options.env[RUNTIME_ENV.daprApiToken];
    const headers = {
      ...request.headers,
      ...(token !== undefined && { [DAPR_TOKEN_HEADER]: token }),
    };
    const answer = await exchange(this.sidecar!.handle, { ...request, headers });
    if (answer === undefined) {
      throw new Error('the sidecar does not answer');
    }
    const { etag } = answer.headers;
    return { ...answer, etag: typeof etag === 'string' ? etag : undefined };
  }

  /** Handlers of jobs, which may be killed before they commit. */
  #interruptible(jobs: ServiceParts['jobs'] = {}): Record<string, JobHandler> {
    return Object.fromEntries(
      Object.entries(jobs).map(([name, handle]): [string, JobHandler] => [
        name,
        async (tx, run) => {
          await handle(tx, run);
          this.#killOnce();
        },
      ]),
    );
  }

  #killOnce(): void {
    if (this.#killedAtCommit) {
      this.#killedAtCommit = false;
      this.kill();
    }
  }

  /** A consumer whose handlers note what they have handled. */
  #noting(whole: Consumer): Consumer {
    const noted = [...whole.handlers].map(
      ([name, handler]) => [name, this.#noted(handler)] as const,
    );
    return { ...whole, handlers: new Map(noted) };
  }

  /** A handler that notes what it has handled in its transaction. */
  #noted(part: Handler): Handler {
    return {
      contract: part.contract,
      handle: async (tx, events) => {
        await part.handle(tx, events);
        await tx.query(NOTE_HANDLED, [
          this.options.manifest.appId,
          events.map(({ source }) => source),
          events.map(({ id }) => id),
          events.map(({ time }) => time),
        ]);
        this.#killOnce();
      },
    };
  }
}
