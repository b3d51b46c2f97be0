import { listOf, shapeProblems, shown } from './checks.ts';
import {
  contractProblems,
  type DataOf,
  defineEvent,
  type EventContract,
  type EventSchema,
} from './event-contract.ts';
import { marksOf } from './marks.ts';
import { isObject } from './subschemas.ts';

/** The `data` of the event that answers a command. */
export interface ReplyData<Reply = unknown> {
  /** Id of the command that it answers. */
  readonly request_id: string;
  /** App that has asked. Others leave the answer alone. */
  readonly reply_to: string;
  /** What the handler has returned. */
  readonly reply: Reply;
}

/** What answers a command. */
export interface ReplyOptions<Schema extends EventSchema = EventSchema> {
  /** JSON Schema (draft 7) of what the handler returns. A refusal is an answer, too: give it a place in the schema. */
  readonly schema: Schema;
  /** One sentence on the answer. @default - that it is one */
  readonly description?: string;
}

/**
 * What asks for something: exactly one app handles it, and its pods share the work. Plain data, as every
 * {@link EventContract}. Its answer is an event of the type `<type>.reply` on the topic `<topic>.replies`.
 *
 * @see https://www.enterpriseintegrationpatterns.com/patterns/messaging/CommandMessage.html
 */
export type CommandContract<
  Data = unknown,
  Type extends string = string,
  Reply = never,
  Priority extends string = never,
> = OneCommand<Data, Type, Reply> &
  ([Priority] extends [never]
    ? object
    : { readonly priorities: Readonly<Record<Priority, OneCommand<Data, string, Reply>>> });

/** A command on one topic. */
type OneCommand<Data, Type extends string, Reply> = Omit<
  EventContract<Data, Type>,
  'command' | 'reply' | 'priorities'
> & {
  readonly command: true;
} & ([Reply] extends [never] ? object : { readonly reply: EventContract<ReplyData<Reply>> });

/** What the handler of a command returns. */
export type CommandReply<Command extends EventContract> = Command extends {
  readonly reply: EventContract<ReplyData<infer Reply>>;
}
  ? Reply
  : undefined;

/** The parts of a command that an event does not have. */
interface CommandParts {
  readonly reply?: ReplyOptions | undefined;
  readonly priorities?: readonly string[] | undefined;
}

/** Longest id of a command that is answered: it is the key of the answer. */
export const MAX_REQUEST_ID_LENGTH = 128;

const PRIORITY = /^[a-z][a-z0-9-]{0,31}$/;
const REPLY_ADDRESS = { type: 'string', minLength: 1, maxLength: MAX_REQUEST_ID_LENGTH } as const;

const schemaOfReply: (what: string, value: unknown) => readonly string[] = (what, value) =>
  isObject(value)
    ? shapeProblems<ReplyOptions>(
        value,
        {
          schema: (name, schema) =>
            isObject(schema) && isObject(schema.properties)
              ? []
              : [
                  `${name} (${shown(schema)}) must be a JSON Schema of an object: use { type: 'object', required: […], properties: { … } }`,
                ],
          description: Object.assign(
            (name: string, text: unknown) =>
              text === undefined || typeof text === 'string'
                ? []
                : [`${name} (${shown(text)}) must be a string`],
            { optional: true as const },
          ),
        },
        `${what}.`,
      )
    : [`${what} (${shown(value)}) must be an object with the schema of the answer`];

const priorityName = (what: string, value: unknown): readonly string[] =>
  typeof value === 'string' && PRIORITY.test(value) && value !== 'replies' && value !== 'reply'
    ? []
    : [
        `${what} (${shown(value)}) must be a name such as 'urgent': use at most 32 of a-z, 0-9 and '-', starting with a letter, and not reply or replies`,
      ];

/** What is wrong with the parts of a command that an event does not have. */
function commandProblems({ reply, priorities }: CommandParts, ordered: unknown): readonly string[] {
  const names = priorities === undefined ? [] : listOf(priorityName)('priorities', priorities);
  const list = Array.isArray(priorities) ? (priorities as readonly unknown[]) : [];
  return [
    ...(reply === undefined ? [] : schemaOfReply('reply', reply)),
    ...(isObject(reply?.schema) && marksOf(reply.schema).size > 0
      ? [
          'reply.schema marks personal data or large values, which answers cannot hold: answer with an id, and publish an event with the rest',
        ]
      : []),
    ...names,
    ...list
      .filter((name, index) => list.indexOf(name) < index)
      .map((name) => `priorities lists ${shown(name)} twice: keep one`),
    ...(ordered === true && list.length > 0
      ? [
          'a command with priorities has no order: urgent ones overtake others; leave out ordered, or priorities',
        ]
      : []),
  ];
}

type ReplyOf<Options> = Options extends ReplyOptions ? DataOf<Options['schema']> : never;
type PriorityOf<Names> = Names extends readonly string[] ? Names[number] : never;

/** The event that answers a command. */
function replyContract(
  command: EventContract,
  { schema, description }: ReplyOptions,
): EventContract {
  // What it refers to stays where its references point.
  const { definitions } = schema as { readonly definitions?: object };
  return defineEvent({
    type: `${command.type}.reply`,
    version: command.version,
    topic: `${command.topic}.replies`,
    key: 'request_id',
    description: description ?? `The answer to ${command.type}.`,
    ...(command.compatibility !== undefined && { compatibility: command.compatibility }),
    schema: {
      type: 'object',
      required: ['request_id', 'reply_to', 'reply'],
      properties: { request_id: REPLY_ADDRESS, reply_to: REPLY_ADDRESS, reply: schema },
      ...(definitions !== undefined && { definitions }),
    } as EventSchema,
  });
}

/** A command as it is given; plain JavaScript may give nothing at all. */
function partsOf(given: unknown): Omit<EventContract, keyof CommandParts> & CommandParts {
  return (given ?? {}) as never;
}

/**
 * Declares a command. An app sends it with `tx.publish`, or with `requests.send` where it waits for the answer; the
 * app that has it under `subscribes` handles it with `handles`. The result is frozen.
 *
 * With `priorities`, there is one more topic for each: commands there wait behind none of the others.
 * `Command.priorities.urgent` is the contract to send them with. The handler is the same.
 *
 * @throws Error that lists every problem of the command.
 * @example
 * export const ProbeRoute = defineCommand({
 *   type: 'com.example.route.probe',
 *   version: '1.0.0',
 *   topic: 'route-probes',
 *   key: 'url',
 *   description: 'Asks whether something answers at a URL.',
 *   schema: { type: 'object', required: ['url'], properties: { url: { type: 'string', maxLength: 120 } } },
 *   reply: { schema: { type: 'object', required: ['healthy'], properties: { healthy: { type: 'boolean' } } } },
 *   priorities: ['urgent'],
 * });
 */
export function defineCommand<
  const Schema extends EventSchema,
  const Type extends string,
  const Reply extends ReplyOptions | undefined = undefined,
  const Priorities extends readonly string[] | undefined = undefined,
>(
  contract: Omit<EventContract<unknown, Type>, 'schema' | 'command' | 'reply' | 'priorities'> & {
    readonly schema: Schema;
    readonly reply?: Reply;
    readonly priorities?: Priorities;
  },
): CommandContract<DataOf<Schema>, Type, ReplyOf<Reply>, PriorityOf<Priorities>> {
  const { reply, priorities, ...event } = partsOf(contract);
  const command: EventContract = { ...event, command: true };
  const problems = [
    ...contractProblems(command),
    ...commandProblems({ reply, priorities }, event.ordered),
  ];
  if (problems.length > 0) {
    throw new Error(
      `command ${shown(event.type)} is not valid [EP2001]:\n- ${problems.join('\n- ')}`,
    );
  }
  const answer = reply && replyContract(command, reply);
  const whole = { ...command, ...(answer && { reply: answer }) };
  const at = (priority: string): [string, EventContract] => [
    priority,
    Object.freeze({
      ...whole,
      type: `${event.type}.${priority}`,
      topic: `${event.topic}.${priority}`,
    }),
  ];
  return Object.freeze({
    ...whole,
    ...(priorities !== undefined &&
      priorities.length > 0 && {
        priorities: Object.freeze(Object.fromEntries(priorities.map(at))),
      }),
  }) as never;
}

/** A command with those of its priorities; of an event, the event. */
export function withPriorities(contract: EventContract): readonly EventContract[] {
  return [contract, ...Object.values(contract.priorities ?? {})];
}
