import { defineApp } from '@cdk8s-event-platform/contracts';
import { each, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { NoteWritten } from './outbox.ts';

export const counter = defineApp({
  appId: 'note-counter',
  description: 'Counts notes.',
  port: 8080,
  subscribes: [NoteWritten],
  migrations: [
    {
      name: '0100-counts',
      sql: 'CREATE TABLE counts (n bigint NOT NULL); INSERT INTO counts VALUES (0)',
    },
  ],
});

export const counterParts: ServiceParts = {
  on: [
    // Adding one twice would be wrong. The id of the event commits with it, and is looked for first.
    each(NoteWritten, async (tx) => {
      await tx.query('UPDATE counts SET n = n + 1');
    }),
  ],
};
