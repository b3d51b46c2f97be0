import { defineApp, defineEvent, type EventData } from '@cdk8s-event-platform/contracts';
import {
  batch,
  type CloudEvent,
  type ServiceParts,
  webhooks,
  type WebhookSettings,
} from '@cdk8s-event-platform/runtime';

export const StockLow = defineEvent({
  type: 'com.example.stock.low',
  version: '1.0.0',
  topic: 'stock-low',
  key: 'item',
  description: 'Little is left of an item.',
  schema: {
    type: 'object',
    required: ['item', 'left'],
    properties: {
      item: { type: 'string', maxLength: 64 },
      left: { type: 'integer', minimum: 0, maximum: 1_000_000 },
    },
  },
});

export const manifest = defineApp({
  appId: 'stock-alerts',
  description: 'Tells other systems what has to be ordered.',
  port: 8080,
  subscribes: [StockLow],
});

/** What messages may look like, the default first: `startConsumer` gets `webhookSettings({ formats: FORMATS })`. */
export const FORMATS = ['json', 'slack'] as const;

export function stockParts(settings: WebhookSettings<(typeof FORMATS)[number]>): ServiceParts {
  const { effects, tell } = webhooks(
    settings,
    ({ id, type, time, data }: CloudEvent<EventData<typeof StockLow>>, { format }) =>
      format === 'slack' ? { text: `${data.left} of ${data.item} left` } : { id, type, time, data },
  );
  return { on: [batch(StockLow, tell), ...effects] };
}
