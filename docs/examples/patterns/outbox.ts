import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { answer, type ServiceParts } from '@cdk8s-event-platform/runtime';

const NOTE = {
  type: 'object',
  required: ['note_id', 'text'],
  properties: { note_id: { type: 'string', maxLength: 64 }, text: { type: 'string' } },
} as const;

export const NoteWritten = defineEvent({
  type: 'com.example.note.written',
  version: '1.0.0',
  topic: 'note-written',
  key: 'note_id',
  description: 'A note was written.',
  schema: NOTE,
});

export const notes = defineApp({
  appId: 'notes',
  description: 'Keeps notes.',
  port: 8080,
  publishes: [NoteWritten],
  migrations: [
    { name: '0100-notes', sql: 'CREATE TABLE notes (note_id text PRIMARY KEY, text text)' },
  ],
});

export const noteParts: ServiceParts = {
  routes: (api) =>
    api.post('/notes', { body: NOTE }, async (tx, { body }) => {
      // In the outbox, which is a table: both are there once this has committed, or none is.
      await tx.publish(NoteWritten, body);
      await tx.query('INSERT INTO notes VALUES ($1, $2)', [body.note_id, body.text]);
      return answer(201);
    }),
};
