import { Duration, Size } from 'cdk8s';
import {
  defineApp,
  defineEvent,
  defineStateStore,
  type EventContract,
} from '@cdk8s-event-platform/contracts';
import { deadLetterTopic } from '@cdk8s-event-platform/contracts/interface';
import { makeSecret, type SecretManifest } from '../../cli/make-secret.ts';
import {
  DaprStateStore,
  Environment,
  type InvokedOperation,
  RedisCache,
  renderObjects,
  StateStoreBackend,
} from '../../constructs/index.ts';
import { TestPlatform } from '../../constructs/testing/fixtures.ts';
import { topicsOf } from '../../dev/index.ts';
import type { KubernetesObject } from '../../scripts/manifests.ts';
import { kafka } from '../../testkit/brokers/kafka.ts';

/** App id of the producer of all topics. */
export const PRODUCER = 'conformance-producer';
/** Name of the pub/sub component. */
export const PUBSUB = 'pubsub';

/** Name of the server with the state. */
export const CACHE = 'cache';

/** Path for the content of messages. */
export const RAW_ROUTE = '/raw';

/** Time for a call of an app. */
const CALL_TIMEOUT = Duration.seconds(2);

/** What the app of a test is. Its id and topic follow from the test's name. */
export interface TestedApp {
  /** Whether events come one by one. @default - in bulk */
  readonly single?: boolean;
  /** Events of a bulk at most, and milliseconds for them. @default - 100 within 100 ms */
  readonly bulk?: { readonly maxEvents: number; readonly maxWait: number };
  /** Tries after the first. @default 3 */
  readonly maxRetries?: number;
  /** Milliseconds for the app's answer. @default - as long as it takes */
  readonly timeout?: number;
  /** Whether what fails goes to dead letters. @default true */
  readonly deadLetters?: boolean;
  /** Whether the scopes of the component let it receive its topic. @default true */
  readonly inScope?: boolean;
  /** Whether deliveries are the content of messages, which need not be events. @default false */
  readonly rawPayload?: boolean;
  /** Whether the app has a state store of its own. @default false */
  readonly state?: boolean;
  /** What the producer may call of the app. @default - nothing */
  readonly admits?: readonly InvokedOperation[];
}

/** Topic, types, dead letters and state store of an app. */
export interface TestedNames {
  readonly topic: string;
  /** Two types, each with a route. */
  readonly types: readonly [string, string];
  readonly deadLetters: string;
  /** Its state store, if it has one. */
  readonly store: string;
}

/** The names of an app. */
export function namesOf(appId: string): TestedNames {
  const topic = `${appId}-events`;
  const type = `com.example.${appId}`;
  return {
    ...{ topic, types: [type, `${type}.other`] },
    ...{ deadLetters: deadLetterTopic(topic, appId), store: `${appId}-values` },
  };
}

/** A subject's platform, rendered. */
export interface TestedPlatform {
  readonly objects: readonly KubernetesObject[];
  readonly topics: ReadonlyMap<string, number>;
  readonly secrets: readonly SecretManifest[];
}

function contractsOf(appId: string): EventContract[] {
  const { topic, types } = namesOf(appId);
  return types.map((type) =>
    defineEvent({
      ...{ type, version: '1.0.0', topic, key: 'key', description: 'Something.' },
      schema: {
        type: 'object',
        required: ['key'],
        properties: { key: { type: 'string', maxLength: 128 } },
      },
    }),
  );
}

interface Changed {
  readonly scopes?: readonly string[];
  readonly spec: {
    bulkSubscribe?: object;
    deadLetterTopic?: string;
    metadata?: object;
    routes: object;
    policies: { timeouts: object };
    targets: { components: Record<string, { inbound?: object }> };
  };
}

/** Changes what the library does not render, and daprd takes all the same. */
function changed(object: KubernetesObject, apps: ReadonlyMap<string, TestedApp>): KubernetesObject {
  const copy = structuredClone(object) as KubernetesObject & Changed;
  const app = apps.get(copy.scopes?.[0] ?? '');
  if (app !== undefined && object.kind === 'Subscription') {
    if (app.single === true) {
      delete copy.spec.bulkSubscribe;
    }
    if (app.deadLetters === false) {
      delete copy.spec.deadLetterTopic;
    }
    if (app.rawPayload === true) {
      // As the dead-letter processor has it: rules fail on what is not an event.
      copy.spec.metadata = { ...copy.spec.metadata, rawPayload: 'true' };
      copy.spec.routes = { default: RAW_ROUTE };
    }
  }
  if (object.kind === 'Component') {
    const settings = copy.spec.metadata as { name: string; value: string }[];
    const scopes = settings.find(({ name }) => name === 'subscriptionScopes');
    // State stores have none.
    const closed = [...apps].filter(([, { inScope }]) => scopes && inScope === false);
    closed.forEach(([appId]) => {
      scopes!.value = scopes!.value.replace(`${appId}=${namesOf(appId).topic}`, `${appId}=`);
    });
  }
  if (app?.timeout !== undefined && object.kind === 'Resiliency') {
    Object.assign(copy.spec.policies.timeouts, { deliver: `${app.timeout}ms` });
    Object.assign(copy.spec.targets.components[PUBSUB]!.inbound!, { timeout: 'deliver' });
  }
  return copy;
}

/** State stores of the apps that have one, and then one of the producer, in a server that they share. */
function storesOf(
  { platform }: Pick<TestPlatform, 'platform'>,
  apps: ReadonlyMap<string, TestedApp>,
) {
  const appIds = [...apps].filter(([, { state }]) => state === true).map(([appId]) => appId);
  if (appIds.length === 0) {
    return new Map<string, never>();
  }
  const cache = new RedisCache(platform, CACHE);
  return new Map(
    [PRODUCER, ...appIds].map((appId) => {
      const { store: name } = namesOf(appId);
      const store = defineStateStore({ name, description: 'Anything.' });
      new DaprStateStore(platform, name, { store, backend: StateStoreBackend.redis(cache) });
      return [appId, store] as const;
    }),
  );
}

/** Declares and renders a platform with a producer, and the app of each test. */
export function testedPlatform(apps: ReadonlyMap<string, TestedApp>): TestedPlatform {
  const environment = Environment.local();
  const declared = new TestPlatform(environment, kafka.declare);
  const contracts = new Map([...apps.keys()].map((appId) => [appId, contractsOf(appId)]));
  const image = { port: 8080, description: 'Is tested.' };
  const stores = storesOf(declared, apps);
  const stateOf = (appId: string) => {
    const store = stores.get(appId);
    return store === undefined ? {} : { state: [store] };
  };
  const producer = declared.producer(
    defineApp({
      ...{ ...image, appId: PRODUCER, publishes: [...contracts.values()].flat() },
      ...stateOf(PRODUCER),
    }),
  );
  for (const [appId, app] of apps) {
    const { maxEvents = 100, maxWait = 100 } = app.bulk ?? {};
    const consumer = declared.consumer(
      {
        bulk: { maxEvents, maxWait: Duration.millis(maxWait) },
        // Memory for a hundred of the largest events.
        size: {
          ...{ cpuRequest: '100m', memoryRequest: Size.mebibytes(128) },
          memoryLimit: Size.gibibytes(2),
        },
        retries: { maxRetries: app.maxRetries ?? 3, maxInterval: Duration.seconds(10) },
      },
      defineApp({
        ...{ ...image, appId, subscribes: contracts.get(appId)! },
        ...(app.admits !== undefined && { serves: true }),
        ...stateOf(appId),
      }),
    );
    if (app.admits !== undefined) {
      producer.grantInvoke(consumer, app.admits, { timeout: CALL_TIMEOUT });
    }
  }
  const rendered = renderObjects(declared.platform);
  return {
    objects: rendered.map(({ manifest }) => changed(manifest as KubernetesObject, apps)),
    topics: topicsOf(rendered),
    secrets: declared.platform.secrets.map((secret) => makeSecret(secret, environment.namespace)),
  };
}
