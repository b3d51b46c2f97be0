import {
  type CloudEvent,
  each,
  type EventTransaction,
  isErased,
  type Notification,
  notifications,
  type ServiceParts,
  type SideEffect,
  type Transaction,
} from '@cdk8s-event-platform/runtime';
import {
  EmailQueued,
  type MAILS,
  OrderCancelled,
  OrderCreated,
  OrderShipped,
  UserRegistered,
} from '../events/index.ts';

type MailEffect = SideEffect & { readonly payload?: Notification };

/** What a user is told. */
interface Mail {
  readonly about: (typeof MAILS)[number];
  readonly subject: string;
  readonly text: string;
}

/** Remembers where a user gets mail. Nothing is kept of one who was erased. */
async function noteContact(tx: Transaction, userId: string, email: string): Promise<void> {
  if (!isErased(email)) {
    await tx.query(
      `INSERT INTO shop_contacts VALUES ($1, $2)
       ON CONFLICT (user_id) DO UPDATE SET email = excluded.email`,
      [userId, email],
    );
  }
}

/** Writes to the user of an event. Nobody is written to who is not known, or was erased. */
async function write(
  tx: EventTransaction,
  mailing: MailEffect,
  event: CloudEvent<{ readonly user_id: string }>,
  { about, subject, text }: Mail,
): Promise<void> {
  const { user_id: userId } = event.data;
  const { rows } = await tx.query<{ email: string }>(
    'SELECT email FROM shop_contacts WHERE user_id = $1',
    [userId],
  );
  if (rows[0] !== undefined) {
    const payload = { recipient: userId, address: rows[0].email, subject, text };
    await tx.schedule(mailing, [{ event, payload, subject: userId }]);
    await tx.publish(EmailQueued, { user_id: userId, mail: about });
  }
}

/** @param mailing sends mails. @default - as the variables of the process say */
export function emailParts(mailing: MailEffect = notifications()): ServiceParts {
  return {
    on: [
      each(UserRegistered, async (tx, event) => {
        const { user_id: userId, email, username } = event.data;
        await noteContact(tx, userId, email);
        await write(tx, mailing, event, {
          about: 'welcome',
          subject: 'Welcome',
          text: `Hello ${username},\n\nit is good to have you here.\n`,
        });
      }),
      each(OrderCreated, (tx, { data }) => noteContact(tx, data.user_id, data.user_email)),
      each(OrderShipped, (tx, event) =>
        write(tx, mailing, event, {
          about: 'order_shipped',
          subject: 'Your order is under way',
          text: `Order ${event.data.order_id} is under way: ${event.data.tracking_number}\n`,
        }),
      ),
      each(OrderCancelled, (tx, event) =>
        write(tx, mailing, event, {
          about: 'order_cancelled',
          subject: 'Your order was cancelled',
          text: `Order ${event.data.order_id} was cancelled: ${event.data.reason}\n`,
        }),
      ),
      mailing,
    ],
    erase: async (tx, userId) => {
      await tx.query('DELETE FROM shop_contacts WHERE user_id = $1', [userId]);
    },
  };
}
