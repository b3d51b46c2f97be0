import {
  batch,
  type ServiceParts,
  webhooks,
  type WebhookSettings,
} from '@cdk8s-event-platform/runtime';
import { RouteChanged } from '../events/index.ts';

/** Tells each system of each change of a route: the message commits with the event, and each system is tried by itself. */
export function syncParts(settings: WebhookSettings): ServiceParts {
  const { effects, tell } = webhooks(settings, ({ id, type, time, data }) => ({
    ...{ id, type, time, data },
  }));
  return { on: [batch(RouteChanged, tell), ...effects] };
}
