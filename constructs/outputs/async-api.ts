import type { EventContract } from '@cdk8s-event-platform/contracts';
import { majorOf } from '@cdk8s-event-platform/contracts/interface';
import {
  keyName,
  MAX_KEY_BYTES,
  portableSchema,
  pointerOf,
  wireSchema,
} from '@cdk8s-event-platform/contracts/internal';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import type { IEventApp } from '../messaging/event-app.ts';
import type { Topic } from '../messaging/topic.ts';
import { isTimed, type Retention } from '../messaging/topic-policies.ts';
import type { EventPlatform } from '../platform/event-platform.ts';
import { cloudEventSchema } from './cloud-event-schema.ts';
import { serversOf } from './async-api-servers.ts';

type Item = Readonly<Record<string, unknown>>;

/**
 * A document of AsyncAPI 3.0.
 *
 * @see https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
export interface AsyncApiDocument {
  /** Version of the specification. */
  readonly asyncapi: '3.0.0';
  /** Title, version and description. */
  readonly info: Readonly<Record<string, unknown>>;
  /** Content type of messages. */
  readonly defaultContentType: string;
  /** Servers of the brokers. */
  readonly servers: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** A channel for each topic. */
  readonly channels: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What each app sends and receives. */
  readonly operations: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Messages, and the schemas of their data, by type of event. */
  readonly components: Readonly<
    Record<'messages' | 'schemas', Readonly<Record<string, Readonly<Record<string, unknown>>>>>
  >;
}

/** What {@link asyncApi} cannot read from a platform. */
export interface AsyncApiOptions {
  /** Version of the document, which is for those who publish it to count. @default '1.0.0' */
  readonly version?: string;
}

/** A topic with the pub/sub that it is behind. */
interface Channel {
  readonly id: string;
  readonly topic: Topic;
  readonly pubSub: DaprPubSub;
}

const CONTENT_TYPE = 'application/cloudevents+json';
/** @see https://github.com/asyncapi/bindings/tree/master/kafka */
const BINDING_VERSION = '0.5.0';

function isKafka({ broker }: DaprPubSub): boolean {
  return broker.pubSubBinding().type === 'pubsub.kafka';
}

function reference(...tokens: readonly string[]): Item {
  return { $ref: `#${pointerOf(...tokens)}` };
}

function byName<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Topics of a platform, by name; a name that two brokers have comes with that of the pub/sub. */
function channelsOf(pubSubs: readonly DaprPubSub[]): Channel[] {
  const topics = pubSubs.flatMap((pubSub) => pubSub.topics.map((topic) => ({ pubSub, topic })));
  return topics.map(({ pubSub, topic }) => {
    const isUnique = topics.filter((other) => other.topic.name === topic.name).length === 1;
    return { id: isUnique ? topic.name : `${pubSub.name}.${topic.name}`, topic, pubSub };
  });
}

function topicConfiguration(retention: Retention): Item {
  if (isTimed(retention)) {
    return { 'retention.ms': retention.toMilliseconds() };
  }
  return retention === 'compacted' ? { 'cleanup.policy': ['compact'] } : { 'retention.ms': -1 };
}

/** How many copies an imported topic has, and how long it is kept, is for others to say. */
function topicBinding({ name, imported, spec }: Topic): Item {
  return {
    topic: name,
    partitions: spec.partitions,
    ...(!imported && {
      replicas: spec.replicationFactor,
      topicConfiguration: topicConfiguration(spec.retention),
    }),
    bindingVersion: BINDING_VERSION,
  };
}

/** Name of a message: the type, and from the second major version on its number, too. */
function messageId({ type, version }: EventContract): string {
  const major = majorOf(version);
  return major < 2 ? type : `${type}.v${major}`;
}

function channel(
  { topic, pubSub }: Channel,
  servers: readonly string[],
  contracts: readonly EventContract[],
): Item {
  const events = contracts.map(({ description }) => description).join(' ');
  return {
    address: topic.name,
    ...(events !== '' && { description: events }),
    servers: servers.map((name) => reference('servers', name)),
    messages: Object.fromEntries(
      contracts.map((contract) => [
        messageId(contract),
        reference('components', 'messages', messageId(contract)),
      ]),
    ),
    ...(isKafka(pubSub) && { bindings: { kafka: topicBinding(topic) } }),
  };
}

/** The schema of a key: that of its property, or a text of several. */
function kafkaKey(key: EventContract['key'], schema: readonly string[]): Item {
  return typeof key === 'string'
    ? reference(...schema, 'properties', key)
    : {
        type: 'string',
        maxLength: MAX_KEY_BYTES,
        description: `The values of ${keyName(key)}, with ':' between them. Within a value, '%' is '%25' and ':' is '%3A'.`,
      };
}

function message(contract: EventContract, inKafka: boolean): Item {
  const { type, version, key, ordered, delivery, command, description } = contract;
  const schema = ['components', 'schemas', messageId(contract)];
  return {
    name: type,
    title: `${type} ${version}`,
    summary: description,
    contentType: CONTENT_TYPE,
    payload: cloudEventSchema(type, reference(...schema)),
    ...(inKafka && {
      bindings: {
        kafka: { key: kafkaKey(key, schema), bindingVersion: BINDING_VERSION },
      },
    }),
    'x-event-contract': {
      ...{ version, key },
      ...(ordered !== undefined && { ordered }),
      ...(command === true && { command }),
      ...(delivery !== undefined && { delivery }),
    },
  };
}

/** What answers the commands of a topic: they have one topic for their answers. @param channels of the same broker. */
function replyOf(contracts: readonly EventContract[], channels: readonly Channel[]): Item {
  const replies = [...new Set(contracts.flatMap(({ reply }) => reply ?? []))];
  const place = channels.find(({ topic }) => topic.name === replies[0]?.topic);
  return place === undefined
    ? {}
    : {
        reply: {
          channel: reference('channels', place.id),
          messages: replies
            .map(messageId)
            .sort()
            .map((name) => reference('channels', place.id, 'messages', name)),
        },
      };
}

/** What one app does with one topic. Without messages, it may do so with all of the topic. */
function operation(
  action: 'send' | 'receive',
  { id }: Channel,
  appId: string,
  app: IEventApp | undefined,
  contracts: readonly EventContract[],
  channels: readonly Channel[],
): [string, Item] {
  const messages = contracts.map(messageId).sort();
  return [
    `${appId}.${action}.${id}`,
    {
      action,
      channel: reference('channels', id),
      ...(app !== undefined && { summary: app.manifest.description }),
      tags: [{ name: appId }],
      ...(messages.length > 0 && {
        messages: messages.map((name) => reference('channels', id, 'messages', name)),
      }),
      ...replyOf(contracts, channels),
    },
  ];
}

function operationsOf(
  place: Channel,
  apps: ReadonlyMap<string, IEventApp>,
  all: readonly Channel[],
): [string, Item][] {
  const { topic } = place;
  const channels = all.filter(({ pubSub }) => pubSub === place.pubSub);
  const contracts = (appId: string, list: 'publishes' | 'subscribes') =>
    (apps.get(appId)?.manifest[list] ?? []).filter((contract) => contract.topic === topic.name);
  return [
    ...topic.publishers.map((appId) =>
      operation('send', place, appId, apps.get(appId), contracts(appId, 'publishes'), channels),
    ),
    ...topic.subscribers.map((appId) =>
      operation('receive', place, appId, apps.get(appId), contracts(appId, 'subscribes'), channels),
    ),
  ];
}

/**
 * Describes the events of a platform in AsyncAPI 3.0: brokers as servers, topics as channels, contracts as messages
 * in the envelope of CloudEvents, and what each app sends and receives. Dead letters are left out: nobody else is to
 * rely on them. Call it once everything is declared. The same platform gives the same document.
 *
 * @example
 * writeFileSync('asyncapi.json', JSON.stringify(asyncApi(platform), null, 2));
 */
export function asyncApi(platform: EventPlatform, options: AsyncApiOptions = {}): AsyncApiDocument {
  const constructs = platform.node.findAll();
  // By their members: a program may have another copy of the classes.
  const pubSubs = constructs.filter(
    (construct) => 'findTopic' in construct && 'topics' in construct,
  ) as DaprPubSub[];
  const apps = constructs.filter(
    (construct) => 'appId' in construct && 'manifest' in construct,
  ) as unknown as IEventApp[];
  const byId = new Map(apps.map((app) => [app.appId, app]));
  const channels = channelsOf(pubSubs);
  const servers = new Map(pubSubs.map((pubSub) => [pubSub, serversOf(pubSub)]));
  const contractsOf = ({ topic }: Channel) =>
    [...topic.contracts].sort((a, b) => (messageId(a) < messageId(b) ? -1 : 1));
  const contracts = channels.flatMap((each) =>
    contractsOf(each).map((contract) => ({ contract, inKafka: isKafka(each.pubSub) })),
  );
  return {
    asyncapi: '3.0.0',
    info: {
      title: platform.node.id,
      version: options.version ?? '1.0.0',
      description: `Events of the platform ${platform.node.id} in the environment ${platform.environment.name}.`,
    },
    defaultContentType: CONTENT_TYPE,
    servers: byName([...servers.values()].flatMap((each) => Object.entries(each))),
    channels: byName(
      channels.map((each) => [
        each.id,
        channel(each, Object.keys(servers.get(each.pubSub)!), contractsOf(each)),
      ]),
    ),
    operations: byName(channels.flatMap((each) => operationsOf(each, byId, channels))),
    components: {
      messages: byName(
        contracts.map(({ contract, inKafka }) => [messageId(contract), message(contract, inKafka)]),
      ),
      schemas: byName(
        contracts.map(({ contract }) => [
          messageId(contract),
          // Where values are encrypted or elsewhere, others see what stands in their place.
          portableSchema(
            wireSchema(contract.schema),
            `#${pointerOf('components', 'schemas', messageId(contract))}`,
          ),
        ]),
      ),
    },
  };
}
