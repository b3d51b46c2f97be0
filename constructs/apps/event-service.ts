import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { EventApp } from './event-app.ts';
import { EVENT_APP_PROPS, type EventAppProps } from './event-app-props.ts';

/** Properties of {@link EventService}. */
export type EventServiceProps = EventAppProps;

/**
 * An app that takes requests over HTTP, and may publish and receive events: a Service, and whatever else follows
 * from its manifest.
 *
 * @example
 * new EventService(platform, 'orders', { manifest: ordersApp, pubSub, database });
 */
export class EventService extends EventApp {
  declare public readonly service: k8s.KubeService;

  public constructor(scope: Construct, id: string, props: EventServiceProps) {
    super(scope, id, props, {
      component: 'service',
      checkProps: (problems) => problems.props(props, EVENT_APP_PROPS),
      serves: true,
      problems: ({ manifest }) => [
        manifest.serves === false &&
          `app manifest '${manifest.appId}' serves nothing (serves: false), and an EventService takes requests: leave 'serves' out, or use IdempotentConsumer`,
      ],
    });
  }
}
