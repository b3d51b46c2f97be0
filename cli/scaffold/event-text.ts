import type { EventContract } from '@cdk8s-event-platform/contracts';
import {
  type KeyProperties,
  keyNames,
  MAX_KEY_BYTES,
} from '@cdk8s-event-platform/contracts/internal';
import { kebabCase, pascalCase } from './names.ts';
import { literal } from './layout.ts';
import type { EventFile } from './project.ts';

/** What a new contract is made from. */
export interface NewEvent {
  /** Name in kebab case, e.g. `order-shipped`. */
  readonly name: string;
  /** @default - the name */
  readonly topic?: string | undefined;
  /** A property, or those of a composite key. @default - the id of what the event is about, e.g. `order_id` */
  readonly key?: KeyProperties | undefined;
}

/** Reverse-DNS prefix of types when no event has one yet. */
const DEFAULT_PREFIX = 'com.example';

/** The subject of an event, and what has happened to it: `order` and `shipped`. */
function partsOf(name: string): { subject: string; happened?: string } {
  const [, subject, happened] = /^(.+)-([a-z][a-z0-9]*)$/.exec(name) ?? [];
  return subject === undefined ? { subject: name } : { subject, happened: happened! };
}

/** What most types of a project have in front of the names of their events, e.g. `com.example`. */
export function typePrefix(events: readonly Pick<EventFile, 'identifier' | 'contract'>[]): string {
  const counts = new Map<string, number>();
  for (const { identifier, contract } of events) {
    const parts = contract.type.split('.');
    const name = kebabCase(identifier);
    const own = parts.findIndex((_, index) => parts.slice(index).join('-') === name);
    const prefix = parts.slice(0, own > 0 ? own : -2).join('.');
    counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, one], [, other]) => other - one);
  return most?.[0] ?? DEFAULT_PREFIX;
}

/** The contract of a new event: its key, and the id of what it is about. */
export function newContract({ name, topic = name, key }: NewEvent, prefix: string): EventContract {
  const { subject, happened } = partsOf(name);
  const id = `${subject.replaceAll('-', '_')}_id`;
  const text = subject.replaceAll('-', ' ');
  const names = keyNames(key ?? id);
  const room = Math.floor((MAX_KEY_BYTES - names.length + 1) / names.length / 4);
  const keySchema = { type: 'string', minLength: 1, maxLength: Math.min(64, room) } as const;
  return {
    type: [prefix, subject, ...(happened === undefined ? [] : [happened])].join('.'),
    version: '1.0.0',
    topic,
    key: key ?? id,
    description: happened === undefined ? `The event ${text}.` : `${sentence(text, happened)}.`,
    schema: {
      type: 'object',
      required: [...new Set([id, ...names])],
      properties: {
        [id]: names.includes(id) ? keySchema : { type: 'string', maxLength: 64 },
        ...Object.fromEntries(names.filter((each) => each !== id).map((each) => [each, keySchema])),
      },
    },
  };
}

/** `An order was shipped`. */
function sentence(subject: string, happened: string): string {
  return `${/^[aeiou]/.test(subject) ? 'An' : 'A'} ${subject} was ${happened}`;
}

/** The file of a contract. */
export function eventText(name: string, contract: EventContract): string {
  const { key } = contract;
  const line = literal(key, '  key: ', ',');
  const text = literal(contract, `export const ${pascalCase(name)} = defineEvent(`, ');');
  return `import { defineEvent } from '@cdk8s-event-platform/contracts';

/** Topic, partitions, rights, alerts and the check of its data follow from this contract. */
${text.replace(line, `${line} // events with the same ${typeof key === 'string' ? 'value keep' : 'values keep'} their order`)}
`;
}
