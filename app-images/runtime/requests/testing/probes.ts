import { defineApp, defineCommand } from '@cdk8s-event-platform/contracts';
import { handles, InvalidEventError } from '@cdk8s-event-platform/runtime';
import { contractOf } from '../../../testing/plain-events.ts';

export const BODY = {
  type: 'object',
  required: ['url'],
  properties: { url: { type: 'string', maxLength: 100, minLength: 1 } },
} as const;
export const Probe = defineCommand({
  type: 'com.example.route.probe',
  version: '1.0.0',
  topic: 'route-probes',
  key: 'url',
  description: 'Asks whether something answers at a URL.',
  schema: BODY,
  reply: {
    schema: {
      type: 'object',
      required: ['healthy'],
      properties: {
        healthy: { type: 'boolean' },
        tries: { type: 'integer', minimum: 0, maximum: 9 },
      },
    },
  },
  priorities: ['urgent'],
});
export const Probed = contractOf('probed');

export const asking = defineApp({
  ...{ appId: 'gateway', description: 'Asks.', port: 8080, serves: true },
  requests: [Probe],
});
export const probing = defineApp({
  ...{ appId: 'prober', description: 'Answers.', port: 8080 },
  subscribes: [Probe],
  publishes: [Probed],
  migrations: [{ name: '0100-probes', sql: 'CREATE TABLE probes (url text NOT NULL)' }],
});

/** Answers probes: the app that handles them. */
export const probe = handles(Probe, async (tx, { data }) => {
  if (data.url === 'broken') {
    throw new InvalidEventError('cannot be probed');
  }
  await tx.query('INSERT INTO probes VALUES ($1)', [data.url]);
  await tx.publish(Probed, { key: data.url });
  return { healthy: data.url.startsWith('https:') };
});
