import { defineApp } from '@cdk8s-event-platform/contracts';
import { each, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { NoteWritten } from './outbox.ts';

export const reader = defineApp({
  appId: 'note-reader',
  description: 'Reads notes aloud.',
  port: 8080,
  subscribes: [NoteWritten],
});

export const readerParts: ServiceParts = {
  on: [
    each(NoteWritten, (_tx, { data }) =>
      data.text === '' ? Promise.reject(new Error('there is nothing to read')) : Promise.resolve(),
    ),
  ],
};
