import { defineEvent, type EventContract } from '@cdk8s-event-platform/contracts';

/** A contract of an event with a key, a text and a number. */
export function contractOf(topic: string): EventContract {
  return defineEvent({
    type: `com.example.${topic}`,
    version: '1.0.0',
    topic,
    key: 'key',
    description: 'Something.',
    schema: {
      type: 'object',
      required: ['key'],
      properties: {
        key: { type: 'string', maxLength: 128 },
        text: { type: 'string' },
        n: { type: 'number' },
      },
    },
  });
}

/** An event of a contract, with any data. */
export function eventOf(contract: EventContract, id: string, data: object) {
  const time = new Date().toISOString();
  return { specversion: '1.0', id, source: '/p', type: contract.type, time, data } as const;
}
