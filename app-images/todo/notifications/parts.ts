import {
  type Api,
  type CloudEvent,
  each,
  type EventTransaction,
  isErased,
  type Notification,
  notifications,
  readThroughCache,
  type ServiceParts,
  type SideEffect,
  sideEffect,
  stateClient,
  type Transaction,
} from '@cdk8s-event-platform/runtime';
import { USER_ID } from '../events/properties.ts';
import { TaskCompleted, TaskCreated, TaskDeleted, UserRegistered } from '../events/index.ts';
import { NotificationCache, NOTIFICATIONS } from '../state/notification-cache.ts';
import { type Mail, reminder, taskCompleted, taskCreated, welcome } from './mails.ts';
import { closeTask, longOpen, openTask } from './open-tasks.ts';

type MailEffect = SideEffect & { readonly payload?: Notification };
/** An event about a user. */
type UserEvent = CloudEvent<{ readonly user_id: string }>;

/** Notifications that are shown. */
const SHOWN = 20;
const cache = readThroughCache(stateClient(NotificationCache), { ttl: { minutes: 10 } });

/** After the commit: a reader would fill the cache with what was there before. */
const emptyCache = sideEffect<{ readonly user_id: string }>('empty-cache', ({ payload }) =>
  cache.invalidate(payload.user_id),
);

/** Writes a notification, sends it, and empties the cache. Nobody is written to who is not known, or was erased. */
async function notify(
  tx: EventTransaction,
  mailing: MailEffect,
  event: UserEvent,
  mail: Mail,
): Promise<void> {
  const { user_id: userId } = event.data;
  const contacts = await tx.query<{ email: string }>(
    'SELECT email FROM todo_contacts WHERE user_id = $1',
    [userId],
  );
  const [contact] = contacts.rows;
  if (contact === undefined) {
    return;
  }
  await tx.query('INSERT INTO todo_notifications (user_id, subject, at) VALUES ($1, $2, $3)', [
    ...[userId, mail.subject, event.time],
  ]);
  const payload = { recipient: userId, address: contact.email, ...mail };
  await tx.schedule(mailing, [{ event, payload, subject: userId }]);
  await tx.schedule(emptyCache, [{ event, payload: { user_id: userId } }]);
}

async function newest(tx: Transaction, userId: string) {
  const { rows } = await tx.query<{ subject: string; at: Date }>(
    `SELECT subject, at FROM todo_notifications WHERE user_id = $1 ORDER BY id DESC LIMIT ${SHOWN}`,
    [userId],
  );
  return { notifications: rows.map(({ subject, at }) => ({ subject, at: at.toISOString() })) };
}

function routes(api: Api): void {
  api.get(
    '/api/notifications',
    {
      summary: 'Lists the newest notifications of a user.',
      query: { type: 'object', required: ['user_id'], properties: { user_id: USER_ID } } as const,
      answers: { 200: { schema: NOTIFICATIONS } },
    },
    (tx, { query: { user_id: userId } }) => cache.get(userId, () => newest(tx, userId)),
  );
}

/** @param mailing sends mails. @default - as the variables of the process say */
export function notificationParts(mailing: MailEffect = notifications()): ServiceParts {
  return {
    routes,
    on: [
      each(UserRegistered, async (tx, event) => {
        const { user_id: userId, email, name } = event.data;
        if (isErased(email)) {
          return;
        }
        await tx.query('INSERT INTO todo_contacts (user_id, email, name) VALUES ($1, $2, $3)', [
          ...[userId, email, name],
        ]);
        await notify(tx, mailing, event, welcome(event.data));
      }),
      each(TaskCreated, async (tx, event) => {
        await openTask(tx, event.data);
        await notify(tx, mailing, event, taskCreated(event.data));
      }),
      each(TaskCompleted, async (tx, event) => {
        await closeTask(tx, event.data, event.data.completed_at);
        await notify(tx, mailing, event, taskCompleted(event.data));
      }),
      each(TaskDeleted, (tx, { data }) => closeTask(tx, data, data.deleted_at)),
      mailing,
      emptyCache,
    ],
    jobs: {
      reminders: async (tx, { due, event }) => {
        for (const { userId, ...tasks } of await longOpen(tx, due)) {
          const own = { ...event, id: `${event.id}/${userId}`, data: { user_id: userId } };
          await notify(tx, mailing, own, reminder(tasks));
        }
      },
    },
    erase: async (tx, userId) => {
      await tx.query('DELETE FROM todo_contacts WHERE user_id = $1', [userId]);
      await tx.query('DELETE FROM todo_notifications WHERE user_id = $1', [userId]);
    },
  };
}
