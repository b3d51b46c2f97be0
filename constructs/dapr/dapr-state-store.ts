import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import type { StateStoreContract } from '@cdk8s-event-platform/contracts';
import {
  coded,
  having,
  optional,
  secondsOf,
  type Shape,
  stateStoreProblems,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import { DeclarationError } from '../core/errors.ts';
import { commonLabels, requireDnsLabel } from '../core/names.ts';
import { requireProps } from '../core/problems.ts';
import { STATE_STORE_TABLES } from '../data/database-roles.ts';
import { Component } from '../imports/dapr.io.ts';
import { setting } from '../messaging/component-metadata.ts';
import type { IEventApp } from '../messaging/event-app.ts';
import { STATE_STORES, type StateUser, usersOf } from '../messaging/state-users.ts';
import { StateStoreAlerts } from '../observability/state-store-alerts.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import { assignLayer, Layer } from '../platform/layers.ts';
import { otherPlatformProblem } from '../platform/same-platform.ts';
import type { StateStoreBackend } from './state-store-backend.ts';

/** Properties of {@link DaprStateStore}. */
export interface DaprStateStoreProps {
  /** Where state is kept. */
  readonly backend: StateStoreBackend;
  /**
   * What apps agree on: those that list it under `state` of their manifests get access, and share its keys.
   * @default - apps get access by `grantAccess`, and each has keys of its own
   */
  readonly store?: StateStoreContract;
  /** Name of the component. @default - that of the store, or the id */
  readonly name?: string;
}

const SHAPE: Shape<DaprStateStoreProps> = {
  backend: having('a StateStoreBackend, e.g. StateStoreBackend.postgres(database)', 'onGrant'),
  store: optional((what, value) =>
    stateStoreProblems(value as StateStoreContract).map((problem) => `${what}: ${problem}`),
  ),
  name: optional(text),
};

/** How the component is loaded, and its settings. */
function componentOptions({ backend, store }: DaprStateStoreProps) {
  return {
    // A sidecar starts without a cache that is down; the runtime restarts it when it needs the cache.
    ...(store !== undefined && backend.cache !== undefined && { ignoreErrors: true }),
    metadata: [
      ...backend.metadata.map((entry) => ({ ...entry })),
      // Apps share keys: by default, Dapr puts the id of the app before each.
      ...(store === undefined ? [] : [setting('keyPrefix', 'name')]),
      ...(store?.ttl !== undefined && backend.type === 'state.redis'
        ? [setting('ttlInSeconds', String(secondsOf(store.ttl)))]
        : []),
    ],
  };
}

/**
 * A key-value store that apps reach through their sidecars. Only apps that list it in their manifests, or have a grant,
 * see it.
 *
 * @example
 * new DaprStateStore(platform, 'task-cache', {
 *   store: TaskCache,
 *   backend: StateStoreBackend.redis(new RedisCache(platform, 'cache')),
 * });
 *
 * @see https://docs.dapr.io/reference/components-reference/supported-state-stores/
 */
export class DaprStateStore extends Construct implements StateUser {
  /** Name of the component. */
  public readonly name: string;
  /** Where state is kept. */
  public readonly backend: StateStoreBackend;
  /** What apps agree on; undefined where each has keys of its own. */
  public readonly store: StateStoreContract | undefined;
  /** The generated object. */
  public readonly component: Component;
  readonly #appIds = new Set<string>();

  public constructor(scope: Construct, id: string, props: DaprStateStoreProps) {
    super(scope, id);
    assignLayer(this, Layer.COMPONENTS);
    requireProps(this, props, SHAPE);
    const platform = EventPlatform.of(this);
    const { backend } = props;
    const [elsewhere] = coded(
      'EP5002',
      otherPlatformProblem(this, 'database', backend.database),
      otherPlatformProblem(this, 'cache', backend.cache),
    );
    if (elsewhere !== undefined) {
      throw new DeclarationError(this, elsewhere);
    }
    this.store = props.store;
    this.name = requireDnsLabel(this, 'name', props.name ?? props.store?.name ?? id);
    this.#checkNames();
    this.backend = backend;
    if (backend.credentials !== undefined) {
      if (backend.cache === undefined) {
        platform.addSecret(backend.credentials);
      }
      const tls = backend.metadata.some(
        (entry) => entry.name === 'enableTLS' && 'value' in entry && entry.value === 'true',
      );
      if (platform.environment.production && !tls) {
        throw new DeclarationError(
          this,
          ...coded(
            'EP5005',
            'the password of Redis would cross the network in the clear in production: set tls',
          ),
        );
      }
    }
    this.component = new Component(this, 'component', {
      metadata: { name: this.name, labels: commonLabels(this.name, 'dapr') },
      scopes: Lazy.any({ produce: () => this.appIds }) as string[],
      spec: {
        type: backend.type,
        version: backend.version,
        ...componentOptions(props),
      },
    });
    if (props.store !== undefined) {
      new StateStoreAlerts(this, 'alerts', { name: this.name });
      platform.registers.enter(STATE_STORES, this, this.name);
      usersOf(this, this.name).forEach((app) => this.grantAccess(app));
    }
  }

  /** @throws Error when apps could not find the store, or would find two. */
  #checkNames(): void {
    const { store, name } = this;
    if (store === undefined) {
      return;
    }
    if (name !== store.name) {
      throw new DeclarationError(
        this,
        ...coded(
          'EP1003',
          `name '${name}' is not that of the store, '${store.name}', which apps look for: leave 'name' out`,
        ),
      );
    }
    const other = EventPlatform.of(this).registers.find(STATE_STORES, name);
    if (other !== undefined) {
      throw new DeclarationError(
        this,
        ...coded(
          'EP5003',
          `state store '${name}' is there already, as '${other.node.path}': keep one of the two`,
        ),
      );
    }
  }

  /** App ids that may read and write state. */
  public get appIds(): readonly string[] {
    return [...this.#appIds].sort();
  }

  /** Why the EventTools cannot list its keys, with the remedy; undefined where they can. */
  public get keysProblem(): string | undefined {
    const { name, backend, store } = this;
    if (backend.keyServer === undefined) {
      return `store '${name}' is in ${backend.kind}, and the EventTools list keys of Redis alone: ask the database, e.g. psql -c "SELECT key FROM ${STATE_STORE_TABLES.prefix}state WHERE starts_with(key, '${store === undefined ? 'APP' : name}||') ORDER BY key LIMIT 100"`;
    }
    return store === undefined
      ? `store '${name}' has no contract, so each app has keys of its own, which others cannot read: give it one as 'store', e.g. of defineStateStore`
      : undefined;
  }

  /** Lets an app read and write state. */
  public grantAccess(app: IEventApp): void {
    const elsewhere = otherPlatformProblem(this, 'app', app);
    if (elsewhere !== undefined) {
      throw new DeclarationError(this, ...coded('EP5002', elsewhere));
    }
    this.#appIds.add(app.appId);
    this.backend.onGrant(app);
  }
}
