import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import { DeadLetterReceiver } from '../dead-letters/dead-letter-receiver.ts';
import { readEventKeys } from '../dead-letters/event-keys.ts';
import type { Consumer } from '../delivery/consumer.ts';
import { describeFailure } from '../errors/failure.ts';
import { httpApi } from '../http/api.ts';
import { InFlightTracker } from '../http/in-flight-tracker.ts';
import { Api } from '../http/routes.ts';
import { consumerServer } from '../http/server.ts';
import { EventPublisher } from '../outbox/event-publisher.ts';
import { type Job } from '../jobs/job.ts';
import { type JobContext, jobTasks } from '../jobs/job-tasks.ts';
import { Publisher, type SidecarReply, type SidecarRequest } from '../outbox/publisher.ts';
import { OutboxRelay } from '../outbox/relay.ts';
import { consumerTasks } from '../process/consumer-tasks.ts';
import { waking } from '../process/start.ts';
import { runAll } from '../process/housekeeping.ts';
import { Sealing } from '../sealing/sealing.ts';
import { AppSenders, sendable } from '../sending/app-senders.ts';
import { sealingTasks } from '../sealing/sealing-tasks.ts';
import type { ProjectionPart } from '../projections/projection.ts';
import { Projector } from '../projections/projector.ts';
import { inAppScope, type AppScope } from '../process/app-scope.ts';
import { RequestSender } from '../requests/request-sender.ts';
import type { Variables } from '../process/environment.ts';
import type { ServiceParts } from '../process/start-service.ts';
import type { Logger } from '../telemetry/logging.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';

/** What an app in this process is made of. */
export interface InProcessOptions {
  readonly manifest: AppManifest;
  /** @default - no subscriptions */
  readonly consumer?: Consumer | undefined;
  /** @default - no API */
  readonly routes?: ServiceParts['routes'] | undefined;
  /** @default - none */
  readonly claims?: ServiceParts['claims'] | undefined;
  /** @default - it keeps nothing */
  readonly erase?: ServiceParts['erase'] | undefined;
  /** @default - none */
  readonly housekeeping?: ServiceParts['housekeeping'] | undefined;
  /** @default - none */
  readonly projections?: readonly ProjectionPart[] | undefined;
  /** @default - none */
  readonly jobs?: readonly Job[] | undefined;
  /** Variables of its Deployment. Those of the dead-letter processor name the folder of the keys of events. */
  readonly env: Variables;
  readonly pool: pg.Pool;
  /** Sends requests to its sidecar. */
  readonly send: (
    request: SidecarRequest,
  ) => Promise<SidecarReply & { readonly etag?: string | undefined }>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A signal that aborts after some milliseconds. */
  readonly after: (milliseconds: number) => AbortSignal;
  readonly log: Logger;
}

/** A task of the background. */
interface Task {
  readonly name: string;
  readonly poll: () => Promise<number>;
}

/** Tests do not wait for further tries of a handler, or for a database, as long as an app does; in milliseconds. */
const LONGEST_PAUSE = 5;
/** What is done once an hour or less often, and never ends. */
const HOUSEKEEPING = 'housekeeping';

/** What an app does for its jobs, where it has some. */
function jobParts(
  context: JobContext,
): Partial<ReturnType<typeof jobTasks>> & { readonly tasks: readonly Task[] } {
  return context.jobs.length === 0 ? { tasks: [] } : jobTasks(context);
}

/**
 * An app as `startService` starts it, without a process and a port. Nothing runs in the background: `round` does what
 * its loops do.
 */
export class AppInProcess {
  readonly #scope: AppScope;
  readonly #sender: RequestSender | undefined;
  readonly #senders: AppSenders | undefined;
  readonly #ready: Promise<unknown>;
  readonly #server: ReturnType<typeof consumerServer>;
  readonly #work: readonly Task[];
  readonly #housekeeping: readonly Task[];

  public constructor(private readonly options: InProcessOptions) {
    const { manifest, env, pool, now, log, routes, claims, erase } = options;
    const { appId, source = `/${appId}` } = manifest;
    const metrics = new RuntimeMetrics();
    const inFlight = new InFlightTracker();
    const sealing = new Sealing(manifest, { claims, env, now });
    const publisher = new EventPublisher(manifest, sealing, now);
    const parts = { appId, pool, metrics, log, inFlight, publisher, sealing };
    const context = { ...parts, tracing: undefined };
    this.#sender = this.#startRequests(publisher, metrics);
    this.#senders = this.#startSenders(metrics);
    this.#scope = {
      // A store is tried each time: what tests end is over at once.
      ...{ send: (request) => options.send(request), pause: 0, metrics, now },
      ...{ requests: this.#sender, senders: this.#senders },
      store: { manifest, sealing, pool },
      sagas: options.consumer?.sagas,
    };
    const consumer =
      options.consumer &&
      consumerTasks(options.consumer, {
        ...{ ...context, env, clock: now, longestPause: LONGEST_PAUSE },
      });
    const jobs = jobParts({
      ...context,
      manifest,
      jobs: options.jobs ?? [],
      now,
      send: options.send,
    });
    const api = new Api();
    routes?.(api);
    const requests = routes && httpApi({ ...context, source, api });
    this.#ready = Promise.resolve(requests?.ready());
    this.#server = consumerServer({
      ...context,
      jobs: jobs.receiver,
      deliveries:
        (consumer && waking(consumer.deliveries, [this.#sender])) ?? this.#deadLetters(metrics),
      ...(requests && { requests: (...exchange) => requests.routing(...exchange) }),
      appApiToken: env[RUNTIME_ENV.appApiToken],
      readiness: () => Promise.resolve(undefined),
    });
    const tasks = consumer?.tasks ?? [];
    const sealed = sealingTasks({ manifest, log, claims, erase });
    const own = options.housekeeping === undefined ? [] : [options.housekeeping];
    this.#work = [
      ...this.#relay(metrics),
      { name: 'senders', poll: () => this.#senders?.flush() ?? Promise.resolve(0) },
      ...jobs.tasks,
      ...this.#projectors(metrics),
      ...tasks
        .filter(({ name }) => name !== HOUSEKEEPING)
        .map(({ name, poll, settle }) => ({
          name,
          poll: async () => {
            const done = await poll();
            await settle?.();
            return done;
          },
        })),
    ];
    this.#housekeeping = [
      ...tasks
        .filter(({ name }) => name === HOUSEKEEPING)
        .map(({ name, poll }) => ({
          name,
          poll: () => (consumer?.inbox.forget(), poll()),
        })),
      {
        name: 'periodic',
        poll: async () => {
          await runAll([...sealed, ...own].map((task) => () => task(pool)));
          return 0;
        },
      },
    ];
  }

  /** Answers requests: deliveries, and those to its API. */
  public get handle(): RequestListener {
    return (request, response) => {
      void this.#ready.then(() =>
        inAppScope(this.#scope, () => this.#server.emit('request', request, response)),
      );
    };
  }

  /** Relays, replays and performs some of what is due. Returns how much: 0 when nothing is due, or everything fails. */
  public round(): Promise<number> {
    return this.#run(this.#work);
  }

  /** Calls that wait for the answer to a command. */
  public get waiting(): number {
    return this.#sender?.waiting ?? 0;
  }

  /** Ends without notice: what is not sent is lost. */
  public kill(): void {
    this.#senders?.end();
  }

  /** Does the housekeeping: partitions of the inbox, gauges, and the app's own. */
  public async keep(): Promise<void> {
    await this.#run(this.#housekeeping);
  }

  #relay(metrics: RuntimeMetrics): Task[] {
    const { manifest, pool, now, log } = this.options;
    const { appId } = manifest;
    const publisher = this.#publisher();
    if (publisher === undefined) {
      return [];
    }
    const relay = new OutboxRelay({
      ...{ producer: appId, pool, publisher, metrics, log, clock: now },
    });
    return [{ name: 'relay', poll: () => relay.round() }];
  }

  #projectors(metrics: RuntimeMetrics): Task[] {
    const { manifest, pool, log, now, projections = [] } = this.options;
    return projections.map((part) => {
      const projector = new Projector({ manifest, part, pool, metrics, log, clock: now });
      // Other transactions of the server may hold events back for a moment.
      const poll = async () =>
        (await projector.round()) || ((await projector.isBehind()) ? sleep(2, 1) : 0);
      return { name: `projection-${part.contract.name}`, poll };
    });
  }

  /** Receives dead letters, where it is their processor. */
  #deadLetters(metrics: RuntimeMetrics): DeadLetterReceiver | undefined {
    const { env, pool, log } = this.options;
    const keys = env[RUNTIME_ENV.eventKeys];
    return keys === undefined
      ? undefined
      : new DeadLetterReceiver(readEventKeys(keys), pool, metrics, log);
  }

  #startRequests(publisher: EventPublisher, metrics: RuntimeMetrics): RequestSender | undefined {
    const { manifest, pool, now, after } = this.options;
    return (manifest.requests ?? []).length === 0
      ? undefined
      : new RequestSender({
          ...{ manifest, pool, publisher, metrics, now, after },
          committed: () => undefined,
        });
  }

  #startSenders(metrics: RuntimeMetrics): AppSenders | undefined {
    const { manifest, log, now } = this.options;
    const publisher = this.#publisher();
    return publisher === undefined || sendable(manifest).length === 0
      ? undefined
      : new AppSenders({
          ...{ manifest, publisher, metrics, log, now, longestPause: LONGEST_PAUSE },
        });
  }

  /** Publishes through its sidecar; undefined where it publishes nothing. */
  #publisher(): Publisher | undefined {
    const { manifest, env, send } = this.options;
    const pubSub = env[RUNTIME_ENV.pubSubName];
    return (manifest.publishes ?? []).length === 0 || pubSub === undefined
      ? undefined
      : new Publisher({ pubSub, send });
  }

  async #run(tasks: readonly Task[]): Promise<number> {
    let done = 0;
    for (const { name, poll } of tasks) {
      try {
        done += await inAppScope(this.#scope, poll);
      } catch (error) {
        this.options.log.warn(
          { task: name, reason: describeFailure(error) },
          'background task failed',
        );
      }
    }
    return done;
  }
}
