import type { Envelope } from './cloud-event.ts';
import type { SubscriptionManifest } from './rendered.ts';

const BY_TYPE = /^event\.type == "([^"\\]*)"$/;

/** Paths of the app that a subscription's events are delivered to. */
export class Routes {
  readonly #paths: ReadonlyMap<string, string>;

  /** @throws Error when a rule is another than the platform renders: there is no CEL here. */
  public constructor(
    private readonly routes: SubscriptionManifest['spec']['routes'],
    topic: string,
  ) {
    this.#paths = new Map(
      (routes.rules ?? []).map(({ match, path }) => {
        const type = BY_TYPE.exec(match)?.[1];
        if (type === undefined) {
          throw new Error(
            `rule '${match}' of the subscription to '${topic}' is not supported: use event.type == "…"`,
          );
        }
        return [type, path];
      }),
    );
  }

  /** The path of an event; undefined when no route matches, or a rule asks for an attribute that it lacks. */
  public pathOf(event: Envelope): string | undefined {
    if (this.#paths.size > 0 && event.type === undefined) {
      return undefined;
    }
    return this.#paths.get(String(event.type)) ?? this.routes.default;
  }
}
