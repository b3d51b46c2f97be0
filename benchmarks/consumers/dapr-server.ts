import { DaprPubSubStatusEnum, DaprServer, LogLevel } from '@dapr/dapr';
import { PUBSUB, ROUTE } from '../names.ts';
import type { Payment } from './payment.ts';

/** Starts a consumer on the server of Dapr's SDK, which subscribes by itself. */
export async function startDaprServer(
  handle: (payment: Payment) => Promise<void>,
  bulkSubscribe?: { maxMessagesCount: number; maxAwaitDurationMs: number },
): Promise<void> {
  const { APP_PORT, DAPR_HTTP_PORT, TOPIC, DEAD_LETTER_TOPIC } = process.env;
  const server = new DaprServer({
    serverHost: '127.0.0.1',
    serverPort: APP_PORT!,
    clientOptions: { daprHost: '127.0.0.1', daprPort: DAPR_HTTP_PORT! },
    logger: { level: LogLevel.Error },
  });
  await server.pubsub.subscribeWithOptions(PUBSUB, TOPIC!, {
    route: ROUTE.slice(1),
    deadLetterTopic: DEAD_LETTER_TOPIC!,
    callback: async (payment: Payment) => {
      try {
        await handle(payment);
        return DaprPubSubStatusEnum.SUCCESS;
      } catch {
        // What a callback throws, DaprServer acknowledges: the event would be lost.
        return DaprPubSubStatusEnum.DROP;
      }
    },
    ...(bulkSubscribe !== undefined && { bulkSubscribe: { enabled: true, ...bulkSubscribe } }),
  });
  await server.start();
}
