import { Construct } from 'constructs';
import { EventPlatform } from '../platform/event-platform.ts';
import { shortHash } from '../core/names.ts';
import type { Rendering } from '../platform/rendering.ts';

/** An object of Dapr, as it is rendered. */
interface DaprObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly scopes?: readonly string[];
  readonly spec: {
    readonly metadata?: readonly { readonly name: string; readonly value?: unknown }[];
  };
}

/** Settings of a pub/sub that list every app with its topics, as `one=a,b;other=c`. */
const LISTS: ReadonlySet<string> = new Set(['publishingScopes', 'subscriptionScopes']);
/** Settings that list every topic: an app that is listed has those of its lists and no other. */
const OF_ALL_APPS: ReadonlySet<string> = new Set(['allowedTopics', 'protectedTopics']);

/** What the sidecar of any app loads, and what concerns one app alone. */
interface Loaded {
  /** By kind and name, without what the lists say. */
  readonly common: string;
  /** App ids that load it; undefined when every app does. */
  readonly scopes: readonly string[] | undefined;
  /** Own part of each app. */
  readonly own: ReadonlyMap<string, string>;
}

function loaded({ kind, metadata, scopes, spec }: DaprObject): Loaded {
  const entries = spec.metadata instanceof Array ? spec.metadata : [];
  const own = new Map<string, string>();
  for (const { name, value } of entries.filter((entry) => LISTS.has(entry.name))) {
    for (const item of String(value).split(';')) {
      const appId = item.split('=', 1)[0]!;
      own.set(appId, `${own.get(appId) ?? ''}${name}:${item}\n`);
    }
  }
  const ofAll = entries.filter(({ name }) => !LISTS.has(name) && !OF_ALL_APPS.has(name));
  const rest = own.size === 0 ? spec : { ...spec, metadata: ofAll };
  return { common: JSON.stringify([kind, metadata.name, rest]), scopes, own };
}

/**
 * What sidecars load: for each app the Components, Subscriptions and Resiliency of its scope, and its
 * Configuration. Sidecars read them when they start, so a hash of an app's own view is on its pods: they
 * are replaced when it changes, and only then.
 *
 * Dapr's hot reload is off: it reloads a Component in every app that shares it, whatever has changed, and
 * a sidecar answers 404 to what is published meanwhile; Resiliency and Configuration it does not follow.
 */
export class SidecarViews extends Construct {
  /** The views of a construct's platform. */
  public static of(scope: Construct): SidecarViews {
    const platform = EventPlatform.of(scope);
    const found = platform.node.tryFindChild(SidecarViews.#id);
    return found instanceof SidecarViews ? found : new SidecarViews(platform);
  }

  static readonly #id = 'sidecar-views';

  private constructor(platform: EventPlatform) {
    super(platform, SidecarViews.#id);
  }

  /** A hash of what an app's sidecar loads. */
  public hashOf(appId: string, configuration: string): string {
    return EventPlatform.of(this).rendering((rendering) => {
      const views = rendering.once(this, () => read(rendering));
      return shortHash([
        views.configurations.get(configuration),
        ...views.ofEveryApp,
        ...(views.byApp.get(appId) ?? []),
      ]);
    });
  }
}

/** What there is to load in a platform. */
interface Views {
  /** By the name of the Configuration. */
  readonly configurations: ReadonlyMap<string, string>;
  readonly ofEveryApp: readonly string[];
  readonly byApp: ReadonlyMap<string, readonly string[]>;
}

function read({ objects }: Rendering): Views {
  const configurations = new Map<string, string>();
  const ofEveryApp: string[] = [];
  const byApp = new Map<string, string[]>();
  const ofDapr = objects
    .filter(({ apiGroup }) => apiGroup === 'dapr.io')
    .map((object) => object.toJson() as DaprObject)
    .sort((a, b) => (a.kind + a.metadata.name < b.kind + b.metadata.name ? -1 : 1));
  for (const object of ofDapr) {
    const { common, scopes, own } = loaded(object);
    if (object.kind === 'Configuration') {
      configurations.set(object.metadata.name, common);
    } else if (scopes === undefined || scopes.length === 0) {
      ofEveryApp.push(common);
    } else {
      for (const appId of scopes) {
        const view = byApp.get(appId) ?? [];
        view.push(`${common}${own.get(appId) ?? ''}`);
        byApp.set(appId, view);
      }
    }
  }
  return { configurations, ofEveryApp, byApp };
}
