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
  cache.invalidate(userKey(payload.user_id)),
);

/** Something that users are told. */
interface Telling {
  /** The event, or the run of a job, with an id of its own for each user. */
  readonly event: UserEvent;
  readonly mail: Mail;
}

/** Writes notifications, sends them, and empties the cache. Nobody is written to who is not known, or was erased. */
async function notify(
  tx: EventTransaction,
  mailing: MailEffect,
  tellings: readonly Telling[],
): Promise<void> {
  const { rows: contacts } = await tx.query<{ user_id: string; email: string }>(
    'SELECT user_id, email FROM todo_contacts WHERE user_id = ANY ($1)',
    [tellings.map(({ event }) => event.data.user_id)],
  );
  const addresses = new Map(contacts.map((contact) => [contact.user_id, contact.email]));
  const known = tellings.filter(({ event }) => addresses.has(event.data.user_id));
  if (known.length === 0) {
    return;
  }
  await tx.query(
    `INSERT INTO todo_notifications (user_id, subject, at)
     SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[])`,
    [
      known.map(({ event }) => event.data.user_id),
      known.map(({ mail }) => mail.subject),
      known.map(({ event }) => event.time),
    ],
  );
  await tx.schedule(
    mailing,
    known.map(({ event, mail }) => {
      const { user_id: userId } = event.data;
      const payload = { recipient: userId, address: addresses.get(userId)!, ...mail };
      return { event, payload, subject: userId };
    }),
  );
  await tx.schedule(
    emptyCache,
    known.map(({ event }) => ({ event, payload: { user_id: event.data.user_id } })),
  );
}

/** Key of a user in the cache, readable where the id is plain. */
function userKey(userId: string): string {
  const id = /^[\w@-]+$/.test(userId) ? userId : Buffer.from(userId).toString('base64url');
  return `users/${id}`;
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
    (tx, { query: { user_id: userId } }) => cache.get(userKey(userId), () => newest(tx, userId)),
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
        await notify(tx, mailing, [{ event, mail: welcome(event.data) }]);
      }),
      each(TaskCreated, async (tx, event) => {
        if (isErased(event.data.title)) {
          return;
        }
        await openTask(tx, event.data);
        await notify(tx, mailing, [{ event, mail: taskCreated(event.data) }]);
      }),
      each(TaskCompleted, async (tx, event) => {
        await closeTask(tx, event.data, event.data.completed_at);
        await notify(tx, mailing, [{ event, mail: taskCompleted(event.data) }]);
      }),
      each(TaskDeleted, (tx, { data }) => closeTask(tx, data, data.deleted_at)),
      mailing,
      emptyCache,
    ],
    jobs: {
      reminders: async (tx, { due, event }) => {
        const users = await longOpen(tx, due);
        const tellings = users.map(({ userId, ...tasks }) => ({
          event: { ...event, id: `${event.id}/${userId}`, data: { user_id: userId } },
          mail: reminder(tasks),
        }));
        await notify(tx, mailing, tellings);
      },
    },
    erase: async (tx, userId) => {
      await tx.query('DELETE FROM todo_contacts WHERE user_id = $1', [userId]);
      await tx.query('DELETE FROM todo_notifications WHERE user_id = $1', [userId]);
      await tx.query('DELETE FROM todo_open_tasks WHERE user_id = $1', [userId]);
    },
  };
}
