type Settings = ReadonlyMap<string, string | undefined>;

function list(text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : text.replaceAll(' ', '').split(',');
}

/** Topics that a setting such as `one=a,b;other=` gives an app. One that is listed without topics has the topic ''. */
function scoped(text: string | undefined, appId: string): string[] {
  const entries = (text ?? '').replaceAll(' ', '').split(';');
  return entries.flatMap((entry) => {
    const [app, topics] = entry.split('=');
    return app === appId && topics !== undefined ? topics.split(',') : [];
  });
}

/**
 * Which topics an app may use, as a component's metadata say.
 *
 * @see https://docs.dapr.io/developing-applications/building-blocks/pubsub/pubsub-scopes/
 */
export class TopicScopes {
  readonly #allowed: readonly string[];
  readonly #protected: readonly string[];
  readonly #publishes: readonly string[];
  readonly #receives: readonly string[];

  public constructor(settings: Settings, appId: string) {
    this.#allowed = list(settings.get('allowedTopics'));
    this.#protected = list(settings.get('protectedTopics'));
    this.#publishes = scoped(settings.get('publishingScopes'), appId);
    this.#receives = scoped(settings.get('subscriptionScopes'), appId);
  }

  /** Whether the app may publish to a topic. */
  public mayPublish(topic: string): boolean {
    return this.#may(topic, this.#publishes);
  }

  /** Whether the app may subscribe to a topic. */
  public mayReceive(topic: string): boolean {
    return this.#may(topic, this.#receives);
  }

  #may(topic: string, scope: readonly string[]): boolean {
    if (this.#allowed.length > 0 && !this.#allowed.includes(topic)) {
      return false;
    }
    const open = scope.length === 0 && !this.#protected.includes(topic);
    return open || scope.includes(topic);
  }
}
