import { TaskCreated } from '@cdk8s-event-platform/contracts';
import { defineImage } from '../../constructs/contracts/index.ts';

/** Notes whom to notify of a new task. */
export const manifest = defineImage({
  appId: 'notification-sender',
  description: 'Notes whom to notify of a new task.',
  port: 8080,
  subscribes: [TaskCreated],
  migrations: [
    {
      name: '0200-notifications',
      sql: `CREATE TABLE notifications (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_source text NOT NULL,
  event_id text NOT NULL,
  user_id text NOT NULL,
  subject text NOT NULL,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'failed')),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX notifications_pending ON notifications (id) WHERE status = 'pending';`,
    },
  ],
});
