import { AccessRules } from './access-rules.ts';
import type {
  ComponentManifest,
  DeploymentManifest,
  RenderedManifest,
  ResiliencyManifest,
  SubscriptionManifest,
} from './rendered.ts';
import { callTimeouts, type DeliveryPolicy, deliveryPolicy } from './resiliency.ts';
import { TopicScopes } from './topic-scopes.ts';

/** When an app counts as healthy. */
export interface HealthSettings {
  readonly path: string;
  /** Milliseconds between two probes of a healthy app. */
  readonly interval: number;
  /** Milliseconds for an answer. */
  readonly timeout: number;
  /** Failed probes in a row after which nothing is delivered. */
  readonly threshold: number;
}

/** A pub/sub component, as one app sees it. */
export interface PubSub {
  readonly name: string;
  readonly type: string;
  readonly version: string;
  readonly scopes: TopicScopes;
  readonly consumerGroup: string;
  /** Whether a new group begins behind what is there. */
  readonly newest: boolean;
  /** Largest message in bytes, as Kafka counts it. */
  readonly maxMessageBytes: number;
  readonly deliveries: DeliveryPolicy;
}

/** Secrets that an app's sidecar needs, by name. */
export interface TokenSecrets {
  /** For requests to the sidecar. @default - requests need no token */
  readonly api?: string | undefined;
  /** For requests to the app. @default - requests have no token */
  readonly app?: string | undefined;
}

/** What the sidecar of one app is made of. */
export interface AppResources {
  readonly appId: string;
  readonly appPort: number;
  /** @default - the app is always healthy */
  readonly health?: HealthSettings | undefined;
  /** Milliseconds to finish what is in flight when the sidecar stops. */
  readonly drain: number;
  /** Largest request in bytes. */
  readonly maxBodyBytes: number;
  readonly tokens: TokenSecrets;
  readonly pubSubs: ReadonlyMap<string, PubSub>;
  readonly components: readonly ComponentManifest[];
  readonly subscriptions: readonly SubscriptionManifest['spec'][];
  readonly namespace: string;
  /** Who may call what of the app. */
  readonly access: AccessRules;
  /** Milliseconds for calls of other apps, by their ids. */
  readonly callTimeouts: ReadonlyMap<string, number>;
}

const MEBIBYTE = 1024 * 1024;

function inScope<Kind extends RenderedManifest>(
  objects: readonly RenderedManifest[],
  kind: string,
  appId: string,
): Kind[] {
  return objects.filter(
    (object): object is Kind => object.kind === kind && (object.scopes ?? [appId]).includes(appId),
  );
}

function pubSubOf(
  { metadata, spec }: ComponentManifest,
  appId: string,
  resiliencies: readonly ResiliencyManifest[],
): PubSub {
  const settings = new Map(spec.metadata.map(({ name, value }) => [name, value]));
  const group = settings.get('consumerGroup') ?? settings.get('consumerID') ?? appId;
  return {
    name: metadata.name,
    type: spec.type,
    version: spec.version,
    scopes: new TopicScopes(settings, appId),
    consumerGroup: group.replaceAll('{appID}', appId),
    newest: settings.get('initialOffset') === 'newest',
    maxMessageBytes: Number(settings.get('maxMessageBytes') ?? MEBIBYTE),
    deliveries: deliveryPolicy(resiliencies, metadata.name),
  };
}

function healthOf(annotations: Readonly<Record<string, string>>): HealthSettings | undefined {
  return annotations['dapr.io/enable-app-health-check'] === 'true'
    ? {
        path: annotations['dapr.io/app-health-check-path'] ?? '/healthz',
        interval: Number(annotations['dapr.io/app-health-probe-interval'] ?? 5) * 1000,
        timeout: Number(annotations['dapr.io/app-health-probe-timeout'] ?? 500),
        threshold: Number(annotations['dapr.io/app-health-threshold'] ?? 3),
      }
    : undefined;
}

/** App ids of the rendered Deployments that have a sidecar. */
export function appsWithSidecar(objects: readonly RenderedManifest[]): string[] {
  return objects.flatMap((object) => {
    const appId = annotationsOf(object)['dapr.io/app-id'];
    // What commands work through in a cluster has nothing to do on one machine.
    const forOperators = object.metadata.labels?.['app.kubernetes.io/component'] === 'tools';
    return appId === undefined || forOperators ? [] : [appId];
  });
}

function annotationsOf(object: RenderedManifest): Readonly<Record<string, string>> {
  return object.kind === 'Deployment'
    ? ((object as DeploymentManifest).spec.template.metadata.annotations ?? {})
    : {};
}

/**
 * Reads what the sidecar of an app would load from rendered objects.
 *
 * @throws Error when no Deployment has the app id, or an object uses what this sidecar lacks.
 */
export function appResources(objects: readonly RenderedManifest[], appId: string): AppResources {
  const deployment = objects.find((object) => annotationsOf(object)['dapr.io/app-id'] === appId);
  if (deployment === undefined) {
    throw new Error(
      `no Deployment has a sidecar of app id '${appId}': use one of ${appsWithSidecar(objects).join(', ')}`,
    );
  }
  const annotations = annotationsOf(deployment);
  const components = inScope<ComponentManifest>(objects, 'Component', appId);
  const resiliencies = inScope<ResiliencyManifest>(objects, 'Resiliency', appId);
  return {
    appId,
    namespace: deployment.metadata.namespace ?? 'default',
    access: new AccessRules(objects, annotations['dapr.io/config']),
    callTimeouts: callTimeouts(resiliencies),
    appPort: Number(annotations['dapr.io/app-port']),
    health: healthOf(annotations),
    drain: Number(annotations['dapr.io/graceful-shutdown-seconds'] ?? 5) * 1000,
    maxBodyBytes: Number.parseInt(annotations['dapr.io/max-body-size'] ?? '4Mi', 10) * MEBIBYTE,
    tokens: {
      api: annotations['dapr.io/api-token-secret'],
      app: annotations['dapr.io/app-token-secret'],
    },
    pubSubs: new Map(
      components
        .filter(({ spec }) => spec.type.startsWith('pubsub.'))
        .map((component) => [component.metadata.name, pubSubOf(component, appId, resiliencies)]),
    ),
    components,
    subscriptions: inScope<SubscriptionManifest>(objects, 'Subscription', appId).map(
      ({ spec }) => spec,
    ),
  };
}
