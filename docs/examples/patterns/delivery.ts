import { defineApp, defineEvent, type Delivery } from '@cdk8s-event-platform/contracts';
import { each, type ServiceParts } from '@cdk8s-event-platform/runtime';

function measured<const Name extends string>(name: Name, delivery: Delivery) {
  return defineEvent({
    ...{ type: `com.example.${name}.measured`, version: '1.0.0', topic: `${name}-measured` },
    ...{ key: 'place', delivery, description: 'Something was measured somewhere.' },
    schema: {
      type: 'object',
      required: ['place', 'value'],
      properties: { place: { type: 'string', maxLength: 64 }, value: { type: 'number' } },
    },
  });
}
/** The newest is what counts, and an older one changes nothing: setting it twice is as good as once. */
export const Temperature = measured('temperature', 'at-least-once');
/** Somebody is called: rather not at all than twice at night. */
export const Smoke = measured('smoke', 'at-most-once');
/** A meter that is added up: each exactly once. */
export const Energy = measured('energy', 'effect-once');

export const house = defineApp({
  appId: 'house',
  description: 'Watches a house.',
  port: 8080,
  subscribes: [Temperature, Smoke, Energy],
  migrations: [
    {
      name: '0100-house',
      sql: `CREATE TABLE temperatures (place text PRIMARY KEY, value float8, at timestamptz);
            CREATE TABLE energy (value float8 NOT NULL); INSERT INTO energy VALUES (0)`,
    },
  ],
});

/** @param call calls somebody. */
export const houseParts = (call: (place: string) => Promise<void>): ServiceParts => ({
  on: [
    each(
      Temperature,
      async (tx, { data, time }) => {
        await tx.query(
          `INSERT INTO temperatures AS t VALUES ($1, $2, $3)
           ON CONFLICT (place) DO UPDATE SET value = excluded.value, at = excluded.at
           WHERE excluded.at >= t.at`,
          [data.place, data.value, time],
        );
      },
      { delivery: 'at-least-once' },
    ),
    each(Smoke, (_tx, { data }) => call(data.place), { delivery: 'at-most-once' }),
    each(Energy, async (tx, { data }) => {
      await tx.query('UPDATE energy SET value = value + $1', [data.value]);
    }),
  ],
});
