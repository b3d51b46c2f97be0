import { randomUUID } from 'node:crypto';
import fastify, { type FastifyInstance } from 'fastify';
import { type EventContract, eventKey } from '@cdk8s-event-platform/contracts';
import { majorOf } from '@cdk8s-event-platform/contracts/interface';
import { EventSource, InvalidEventError } from '@cdk8s-event-platform/runtime';
import { QuarantineStore } from '@cdk8s-event-platform/runtime/dead-letters';
import { readPlatform } from 'cdk8s-event-platform';
import { childOf } from '../sidecar/trace.ts';
import { contractsOf, contractView, sampleOf } from './contracts.ts';
import { consumerPaths } from './event-path.ts';
import { LiveNumbers } from './live-numbers.ts';
import { localRequestsOnly } from './local-requests.ts';
import { pageFiles } from './page.ts';
import type { RunningPlatform } from './running-platform.ts';
import { addSagas } from './sagas.ts';
import type { TracesRequest } from './span-store.ts';
import { TopicEvents } from './topic-events.ts';
import type {
  EventDetail,
  EventPlace,
  FaultsView,
  LogView,
  NewEvent,
  PlatformView,
  QuarantineGroup,
  QuarantineSelection,
  StatusView,
} from './types.ts';

/** A request that cannot be answered, and why. */
class ApiError extends Error {
  public constructor(
    public readonly statusCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** Largest request: a batch of spans. */
const MAX_BODY = 16 * 1024 * 1024;
const SOURCE = '/event-platform-dev';

const integer = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum });
const object = (properties: object, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const text = { type: 'string' };
const share = { type: 'number', minimum: 0, maximum: 1 };

const PLACE = object({
  ...{ topic: text, partition: integer(0, 2 ** 31), position: integer(0, Number.MAX_SAFE_INTEGER) },
});
const SELECTION = object({
  ...{ database: text, consumer: text, topic: text, type: text, reason: text, cause: text },
});
const FAULTS = object(
  {
    ...{ duplicates: share, loseAnswers: share, delay: integer(0, 60_000) },
    stateDown: { type: 'boolean' },
  },
  ['duplicates', 'loseAnswers', 'delay'],
);

const EVENTS_QUERY = object(
  { limit: { ...integer(1, 500), default: 50 }, until: { ...text, format: 'date-time' } },
  [],
);
const LOG_QUERY = object(
  {
    after: { ...integer(0, Number.MAX_SAFE_INTEGER), default: 0 },
    app: text,
    limit: { ...integer(1, 5_000), default: 500 },
  },
  [],
);

/** What an API is made of. */
interface Parts {
  readonly running: RunningPlatform;
  readonly contracts: readonly EventContract[];
  readonly events: TopicEvents;
  readonly numbers: LiveNumbers;
}

function addPlatform(api: FastifyInstance, { running, contracts, numbers }: Parts): void {
  const { platform, apps, logs } = running;
  const view: PlatformView = {
    ...{ name: platform.node.id, environment: platform.environment.name },
    model: readPlatform(platform),
    contracts: contracts.map(contractView),
    ...(running.realBroker !== undefined && { realBroker: running.realBroker }),
  };
  api.get('/api/platform', () => view);
  api.get('/api/status', async (): Promise<StatusView> => {
    const [messaging, tables] = await Promise.all([
      running.realBroker === undefined ? numbers.messaging() : { topics: [], groups: [] },
      numbers.tables(),
    ]);
    return {
      time: new Date().toISOString(),
      apps: [...apps.values()].map((app) => app.view),
      ...messaging,
      databases: tables,
      faults: running.faults.settings,
      problems: Object.values(running.problems).filter((problem) => problem !== undefined),
    };
  });
  api.get<{ Params: { type: string } }>('/api/contracts/:type/sample', ({ params }) =>
    sampleOf(contractOf(contracts, params.type)),
  );
  api.get<{ Querystring: { after: number; app?: string; limit: number } }>(
    '/api/logs',
    { schema: { querystring: LOG_QUERY } },
    ({ query: { after, app, limit } }): LogView => logs.after(after, app, limit),
  );
  api.get('/api/mails', () => running.mails);
  api.get('/api/faults', () => running.faults.settings);
}

function addEvents(api: FastifyInstance, { running, events }: Parts): void {
  const { databases, spans } = running;
  api.get<{ Params: { topic: string }; Querystring: { limit: number; until?: string } }>(
    '/api/topics/:topic/events',
    { schema: { querystring: EVENTS_QUERY } },
    ({ params, query: { limit, until } }) => {
      known(running, params.topic);
      return events.newest(params.topic, limit, until === undefined ? undefined : new Date(until));
    },
  );
  api.get<{ Params: EventPlace }>(
    '/api/topics/:topic/events/:partition/:position',
    { schema: { params: PLACE } },
    async ({ params }): Promise<EventDetail> => {
      known(running, params.topic);
      const event = await events.at(params);
      if (event === undefined) {
        const { topic, partition, position } = params;
        throw new ApiError(404, `no event ${position} in partition ${partition} of '${topic}'`);
      }
      const { summary, content, headers, envelope } = event;
      const { id, source } = summary;
      const paths =
        id === undefined || source === undefined
          ? []
          : await Promise.all(
              [...databases].map(([name, pool]) => consumerPaths(name, pool, { id, source })),
            );
      const traceId = /^..-([0-9a-f]{32})/.exec(String(envelope.traceparent))?.[1] ?? '';
      return {
        ...{ ...summary, content, headers },
        consumers: paths.flat(),
        followedBy: await events.causedBy(event),
        spans: spans.of(traceId),
      };
    },
  );
}

function addQuarantine(api: FastifyInstance, { running: { databases } }: Parts): void {
  const stores = new Map([...databases].map(([name, pool]) => [name, new QuarantineStore(pool)]));
  const storeOf = (database: string) => {
    const store = stores.get(database);
    if (store === undefined) {
      throw new ApiError(404, `no database '${database}': use ${[...stores.keys()].join(', ')}`);
    }
    return store;
  };
  api.get('/api/quarantine', async (): Promise<QuarantineGroup[]> => {
    const found = await Promise.all(
      [...stores].map(async ([database, store]) =>
        (await store.groups({})).map(({ oldest, newest, ...group }) => ({
          ...{ ...group, database },
          ...{ oldest: oldest.toISOString(), newest: newest.toISOString() },
        })),
      ),
    );
    return found.flat();
  });
  api.post<{ Body: QuarantineSelection }>(
    '/api/quarantine/replay',
    { schema: { body: SELECTION } },
    async ({ body: { database, ...selection } }) => {
      const store = storeOf(database);
      const ids = await store.ids(selection);
      return { events: await store.replay(ids.map(({ id }) => id)) };
    },
  );
  api.post<{ Body: QuarantineSelection }>(
    '/api/quarantine/discard',
    { schema: { body: SELECTION } },
    async ({ body: { database, ...selection } }) => ({
      events: await storeOf(database).discard(selection),
    }),
  );
}

function addChanging(api: FastifyInstance, { running, contracts }: Parts): void {
  const source = new EventSource(SOURCE, contracts);
  api.post<{ Params: { topic: string }; Body: NewEvent }>(
    '/api/topics/:topic/events',
    { schema: { body: object({ type: text, data: {} }) } },
    async ({ params: { topic }, body: { type, data } }, reply) => {
      inProcessOnly(running);
      const contract = contractOf(contracts, type);
      if (contract.topic !== topic) {
        throw new ApiError(400, `'${type}' is published to '${contract.topic}', not to '${topic}'`);
      }
      const id = randomUUID();
      const event = source.create(contract, data, { id, traceparent: childOf(undefined) });
      const key = eventKey(contract, data as object);
      const value = Buffer.from(JSON.stringify(event));
      await running.broker.append(topic, [{ key: Buffer.from(key), value, headers: {} }]);
      reply.code(201);
      return { id };
    },
  );
  api.post<{ Params: { appId: string } }>('/api/apps/:appId/kill', ({ params }, reply) => {
    const app = running.apps.get(params.appId);
    if (app === undefined) {
      const names = [...running.apps.keys()].join(', ');
      throw new ApiError(404, `no app '${params.appId}' runs: use ${names}`);
    }
    app.kill();
    reply.code(202);
    return app.view;
  });
  api.post<{ Body: { seconds: number } }>(
    '/api/databases/interrupt',
    { schema: { body: object({ seconds: integer(1, 600) }) } },
    async ({ body: { seconds } }, reply) => {
      await running.interruptDatabases(seconds);
      reply.code(202);
      return { seconds };
    },
  );
  api.put<{ Body: FaultsView }>('/api/faults', { schema: { body: FAULTS } }, ({ body }) => {
    inProcessOnly(running);
    running.faults.set(body);
    return running.faults.settings;
  });
  api.post<{ Body: TracesRequest }>('/v1/traces', ({ body }) => {
    running.spans.add(body);
    return {};
  });
}

/** Refuses what only the broker in this process can do. */
function inProcessOnly({ realBroker }: RunningPlatform): void {
  if (realBroker !== undefined) {
    throw new ApiError(
      501,
      `events are in ${realBroker}, and daprd delivers them: use their own tools`,
    );
  }
}

function known(running: RunningPlatform, topic: string): void {
  inProcessOnly(running);
  const { broker } = running;
  try {
    broker.partitionsOf(topic);
  } catch (error) {
    throw new ApiError(404, (error as Error).message);
  }
}

/** The newest contract of a type. */
function contractOf(contracts: readonly EventContract[], type: string): EventContract {
  const ofType = contracts.filter((candidate) => candidate.type === type);
  if (ofType.length === 0) {
    throw new ApiError(404, `no contract of type '${type}'`);
  }
  return ofType.reduce((newest, other) =>
    majorOf(other.version) > majorOf(newest.version) ? other : newest,
  );
}

/**
 * The HTTP API of a platform that runs on this machine, and the page that reads it. Listens nowhere yet.
 *
 * @see docs/dev-api.md
 */
export function apiServer(running: RunningPlatform): FastifyInstance {
  const api = fastify({ bodyLimit: MAX_BODY, forceCloseConnections: true });
  localRequestsOnly(api);
  api.setErrorHandler((error: Error & { readonly statusCode?: number }, _request, reply) => {
    const status = error instanceof InvalidEventError ? 422 : (error.statusCode ?? 500);
    void reply.code(status).send({ error: error.message });
  });
  api.setNotFoundHandler(({ method, url }, reply) => {
    void reply.code(404).send({ error: `no ${method} ${url.split('?', 1)[0]!}` });
  });
  for (const path of ['/', '/page.css', '/page.js']) {
    api.get(path, async (_request, reply) => {
      const { type, content } = (await pageFiles()).get(path)!;
      return reply.type(type).send(content);
    });
  }
  const contracts = contractsOf(running.platform);
  const parts: Parts = {
    ...{ running, contracts },
    events: new TopicEvents(running.brokerPool, contracts),
    numbers: new LiveNumbers(running.brokerPool, running.databases, running.groups),
  };
  addPlatform(api, parts);
  addEvents(api, parts);
  addQuarantine(api, parts);
  addSagas(api, running.databases, (message) => new ApiError(404, message));
  addChanging(api, parts);
  return api;
}
