import { effect } from '@cdk8s-event-platform/runtime';

/** Environment variable with the URL that notifications are posted to. @default - none are sent */
export const NOTIFICATION_URL = 'NOTIFICATION_URL';

/** Whom to notify, and of what. */
export interface Notification {
  readonly user_id: string;
  readonly subject: string;
}

/**
 * Posts a notification as JSON to the service that sends mails or messages. The service knows a
 * repetition by its `Idempotency-Key`.
 */
export const notification = effect<Notification>('notification', async (intent) => {
  const url = process.env[NOTIFICATION_URL];
  if (url === undefined || url === '') {
    return;
  }
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(intent.payload),
    headers: {
      'content-type': 'application/json',
      'idempotency-key': intent.idempotencyKey,
      'x-fencing-token': String(intent.fencingToken),
      ...(intent.traceparent !== undefined && { traceparent: intent.traceparent }),
    },
    signal: intent.signal,
  });
  await response.body?.cancel();
  if (!response.ok) {
    throw new Error(`the notification service answered ${response.status}`);
  }
});
