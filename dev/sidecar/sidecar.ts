import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker } from '../broker/broker.ts';
import type { Faults } from '../faults/faults.ts';
import { type AppChannel, HttpChannel } from './app-channel.ts';
import { followHealth } from './app-health.ts';
import { type AppResources, appResources } from './app-resources.ts';
import type { DeliveryContext } from './delivery.ts';
import { httpApi } from './http-api.ts';
import { type Callees, InvokeApi } from './invoke-api.ts';
import { Jobs } from './jobs.ts';
import { PublishApi } from './publish-api.ts';
import type { RenderedManifest } from './rendered.ts';
import { Routes } from './routes.ts';
import { type Scheduler, SYSTEM_SCHEDULER } from './scheduler.ts';
import { LocalState, StateApi } from './state-api.ts';
import { runSubscription, Turns } from './subscription.ts';

/** What a sidecar is started from. */
export interface SidecarOptions {
  /** App that it stands beside. */
  readonly appId: string;
  /** The rendered objects of the platform: components, subscriptions, policies and annotations. */
  readonly objects: readonly RenderedManifest[];
  readonly broker: Broker;
  /** The value of a key of a Secret. */
  readonly secret: (name: string, key: string) => string;
  /** Port of the app on this machine. @default - that of its Deployment */
  readonly appPort?: number;
  /** Port of its HTTP API on this machine. @default - a free one */
  readonly port?: number;
  /** State that sidecars share. @default - that of sidecars with the same broker */
  readonly state?: LocalState;
  /** Faults of deliveries to the app, which may be changed at any time. @default - none */
  readonly faults?: Faults;
  /** Takes a line for what is not delivered. @default - nothing is logged */
  readonly log?: (line: string) => void;
}

/** Milliseconds for answers when the app has become unhealthy, as daprd has it. */
const UNHEALTHY_DRAIN = 30_000;
const TOKEN_KEY = 'token';

/** State of the sidecars of one platform, which share a broker. */
const states = new WeakMap<Broker, LocalState>();

function stateOf(broker: Broker): LocalState {
  const state = states.get(broker) ?? new LocalState();
  states.set(broker, state);
  return state;
}

/** Sidecars of one platform that run. */
const callees = new WeakMap<Broker, Callees>();

function calleesOf(broker: Broker): Callees {
  const found = callees.get(broker) ?? new Map<string, never>();
  callees.set(broker, found);
  return found;
}

/** What takes the place of ports and clock, in a sidecar that shares its process with the app. */
export interface SidecarParts {
  readonly channel: AppChannel;
  readonly scheduler: Scheduler;
}

/** Deliveries of a healthy app. */
interface Deliveries {
  readonly closing: AbortController;
  readonly cut: AbortController;
  readonly ended: Promise<unknown>;
}

/**
 * Stands for the daprd of one app: its HTTP API on this machine, deliveries to the app's routes, and its jobs. It follows
 * rendered objects, so that nothing is declared for it.
 *
 * @see https://docs.dapr.io/reference/api/pubsub_api/
 */
export class Sidecar {
  readonly #resources: AppResources;
  readonly #channel: AppChannel;
  readonly #scheduler: Scheduler;
  readonly #publisher: PublishApi;
  readonly #jobs: Jobs;
  readonly #server: Server;
  readonly #callees: Callees;
  #healthy = false;
  #stopping = new AbortController();
  #following: Promise<void> = Promise.resolve();
  #deliveries: Deliveries | undefined;

  private constructor(
    private readonly options: SidecarOptions,
    parts?: SidecarParts,
  ) {
    const { objects, appId, secret, broker } = options;
    this.#resources = appResources(objects, appId);
    const { tokens, appPort } = this.#resources;
    const token = (name: string | undefined) => name && secret(name, TOKEN_KEY);
    this.#scheduler = parts?.scheduler ?? SYSTEM_SCHEDULER;
    this.#channel =
      parts?.channel ?? new HttpChannel(options.appPort ?? appPort, token(tokens.app));
    this.#publisher = new PublishApi(this.#resources, broker, this.#scheduler);
    this.#jobs = new Jobs({
      ...{ channel: this.#channel, scheduler: this.#scheduler, faults: options.faults },
      log: (line) => this.#log(line),
    });
    const state = new StateApi({
      resources: this.#resources,
      state: options.state ?? stateOf(broker),
      isDown: () => options.faults?.settings.stateDown === true,
    });
    this.#callees = calleesOf(broker);
    const invocation = new InvokeApi({
      ...{ resources: this.#resources, callees: this.#callees, scheduler: this.#scheduler },
    });
    this.#server = httpApi({
      ...{
        resources: this.#resources,
        publisher: this.#publisher,
        jobs: this.#jobs,
        state,
        invocation,
      },
      token: token(tokens.api),
      restart: () => void this.#restart(),
    });
  }

  /**
   * Starts a sidecar. It delivers as soon as the app is healthy.
   *
   * @throws Error when the objects have no such app, a subscription is not allowed, or the port is in use.
   */
  public static async start(options: SidecarOptions): Promise<Sidecar> {
    const sidecar = new Sidecar(options);
    const contexts = sidecar.#contexts();
    await new Promise<void>((resolve, reject) => {
      sidecar.#server.once('error', reject);
      sidecar.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    sidecar.#beFound();
    sidecar.#follow(contexts);
    return sidecar;
  }

  /**
   * Starts a sidecar without ports: it answers through `handle`.
   *
   * @internal
   */
  public static startWithin(options: SidecarOptions, parts: SidecarParts): Sidecar {
    const sidecar = new Sidecar(options, parts);
    sidecar.#beFound();
    sidecar.#follow(sidecar.#contexts());
    return sidecar;
  }

  /**
   * Its HTTP API.
   *
   * @internal
   */
  public get handle(): RequestListener {
    return (request, response) => void this.#server.emit('request', request, response);
  }

  /** Port of its HTTP API. */
  public get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends: takes nothing new, and waits for answers within the drain that is declared. */
  public async stop(): Promise<void> {
    await this.#end(this.#resources.drain);
  }

  /** Ends as a process that is killed: requests are cut, and what they have led to is not noted. */
  public async kill(): Promise<void> {
    await this.#end(0);
  }

  /**
   * Ends deliveries for some time, such as that of a restart of the app.
   *
   * @internal
   * @param drain milliseconds for those that are in flight; then they are cut.
   * @returns what begins them again.
   */
  public async pause(drain: number): Promise<() => void> {
    this.#stopping.abort();
    this.#jobs.pause();
    await this.#endDeliveries(drain);
    await this.#following;
    return () => {
      this.#stopping = new AbortController();
      this.#follow(this.#contexts());
    };
  }

  /**
   * Forgets all jobs, as a scheduler does whose disk is lost.
   *
   * @internal
   */
  public forgetJobs(): void {
    this.#jobs.forget();
  }

  async #end(drain: number): Promise<void> {
    this.#stopping.abort();
    this.#callees.delete(this.#resources.appId);
    await this.#endDeliveries(drain);
    await this.#following;
    await this.#jobs.stop();
    this.#channel.close();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** Lets other sidecars call the app. */
  #beFound(): void {
    const { appId } = this.#resources;
    this.#callees.set(appId, {
      ...{ resources: this.#resources, channel: this.#channel },
      isHealthy: () => this.#healthy,
    });
  }

  /** Checks and joins what is declared for the app's subscriptions. @throws Error */
  #contexts(): DeliveryContext[] {
    const { pubSubs, subscriptions, appId } = this.#resources;
    return subscriptions.flatMap((subscription) => {
      const { pubsubname, topic, routes } = subscription;
      const pubSub = pubSubs.get(pubsubname);
      if (pubSub?.scopes.mayReceive(topic) !== true) {
        this.#log(`app '${appId}' may not subscribe to '${topic}' of '${pubsubname}'`);
        return [];
      }
      return [
        {
          ...{ subscription, pubSub, routes: new Routes(routes, topic) },
          ...{ channel: this.#channel, publisher: this.#publisher, scheduler: this.#scheduler },
          faults: this.options.faults,
          log: (line: string) => this.#log(line),
        },
      ];
    });
  }

  #log(line: string): void {
    this.options.log?.(line);
  }

  #follow(contexts: readonly DeliveryContext[]): void {
    this.#following = followHealth({
      settings: this.#resources.health,
      probe: (settings) => this.#channel.isHealthy(settings),
      onHealthy: () => {
        this.#healthy = true;
        this.#deliver(contexts);
        this.#jobs.start();
        return Promise.resolve();
      },
      onUnhealthy: () => {
        this.#healthy = false;
        this.#jobs.pause();
        return this.#endDeliveries(UNHEALTHY_DRAIN);
      },
      signal: this.#stopping.signal,
    });
  }

  #deliver(contexts: readonly DeliveryContext[]): void {
    const [closing, cut] = [new AbortController(), new AbortController()];
    const turns = new Turns(this.#scheduler);
    const running = contexts.map((context) =>
      this.#scheduler
        .run(() =>
          runSubscription({
            ...{ context, turns, broker: this.options.broker },
            ...{ closing: closing.signal, cut: cut.signal },
          }),
        )
        .catch((error: unknown) => {
          this.#log(`topic ${context.subscription.topic}: ${(error as Error).message}`);
        }),
    );
    this.#deliveries = { closing, cut, ended: Promise.all(running) };
  }

  /** Ends deliveries; called again with a shorter drain, earlier. */
  async #endDeliveries(drain: number): Promise<void> {
    const deliveries = this.#deliveries;
    if (deliveries === undefined) {
      return;
    }
    const { closing, cut, ended } = deliveries;
    closing.abort();
    const drained = new AbortController();
    const over = sleep(drain, undefined, { signal: drained.signal }).catch(() => undefined);
    await Promise.race([ended, over]);
    drained.abort();
    cut.abort();
    await ended;
    if (this.#deliveries === deliveries) {
      this.#deliveries = undefined;
    }
  }

  /** What a kubelet does with a sidecar that has ended: its deliveries end and begin again. */
  async #restart(): Promise<void> {
    const resume = await this.pause(this.#resources.drain);
    resume();
  }
}
