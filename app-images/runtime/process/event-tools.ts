import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  EVENT_TOOLS,
  type EventToPublishByTools,
  RUNTIME_ENV,
  RUNTIME_PATHS,
  type StateServer,
} from '@cdk8s-event-platform/contracts/interface';
import { Publisher } from '../outbox/publisher.ts';
import { redisKeys } from '../state/redis-keys.ts';
import { daprHttpPort, sidecarHeaders } from '../sidecar/sidecar.ts';
import { createLogger } from '../telemetry/logging.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';
import { numberFromEnv } from './environment.ts';
import { serveMetrics } from './start.ts';

/** Publishes the events of standard input, one JSON object a line, and says the id of each that is confirmed. */
async function publish(): Promise<void> {
  const lines = (await text(process.stdin)).split('\n').filter((line) => line.trim() !== '');
  const publisher = new Publisher();
  try {
    for (const line of lines) {
      const { topic, key, event } = JSON.parse(line) as EventToPublishByTools;
      const failed = await publisher.publishMany(topic, [
        { entryId: '1', key, event: JSON.stringify(event) },
      ]);
      if (failed.size > 0) {
        throw new Error(`the broker has not confirmed event ${String(event.id)}`);
      }
      console.log(JSON.stringify({ published: event.id, topic, key }));
    }
  } finally {
    publisher.close();
  }
}

/** Prints what the sidecar says to a GET; nothing when there is nothing. */
async function get(path: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${daprHttpPort()}${path}`, {
    headers: sidecarHeaders(),
    signal: AbortSignal.timeout(10_000),
  });
  const said = await response.text();
  if (!response.ok) {
    throw new Error(`the sidecar answered ${response.status}: ${said.slice(0, 300)}`);
  }
  process.stdout.write(said);
}

/** Prints keys of a store, as its server has them: the sidecar lists none. */
async function keys(store = '', prefix = '', limit = '100'): Promise<void> {
  const { env } = process;
  const servers = JSON.parse(env[RUNTIME_ENV.stateServers] ?? '{}') as Record<string, StateServer>;
  const server = Object.hasOwn(servers, store) ? servers[store] : undefined;
  if (server === undefined) {
    throw new Error(
      `this pod knows no server of store '${store}': apply what the program declares, and wait until the pod is replaced`,
    );
  }
  const login = (name: string | undefined) => (name === undefined ? undefined : env[name]);
  const found = await redisKeys(
    { ...server, username: login(server.username), password: login(server.password) },
    { of: `${store}||`, prefix, limit: Number(limit) },
  );
  console.log(JSON.stringify(found));
}

/** Serves probes and metrics until it is told to stop. */
function serve(): void {
  const log = createLogger(EVENT_TOOLS.appId);
  const metrics = serveMetrics(new RuntimeMetrics(), log);
  const probes: readonly string[] = [RUNTIME_PATHS.live, RUNTIME_PATHS.ready];
  const server = createServer(({ url = '' }, response) => {
    response.writeHead(probes.includes(url) ? 200 : 404).end();
  });
  const port = numberFromEnv(RUNTIME_ENV.appPort, 0, 65_535, EVENT_TOOLS.port);
  server.listen(port, () => log.info({ port }, 'ready for commands'));
  const stop = () => {
    metrics.stop();
    server.close();
    server.closeAllConnections();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/**
 * Starts the image of the construct `EventTools` as a process, until it is told to stop. With a command, it does what
 * `event-platform` asks for instead: `publish`, `state STORE KEY`, `keys STORE PREFIX LIMIT` or `metadata`.
 *
 * @param args command and arguments. @default - those of the process
 */
export async function startEventTools(
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  const [command, ...rest] = args;
  try {
    switch (command) {
      case undefined:
        serve();
        return;
      case 'publish':
        await publish();
        return;
      case 'metadata':
        await get('/v1.0/metadata');
        return;
      case 'state':
        await get(`/v1.0/state/${rest.map(encodeURIComponent).join('/')}`);
        return;
      case 'keys':
        await keys(...rest);
        return;
      default:
        throw new Error(
          `no command '${command}': use publish, state STORE KEY, keys STORE PREFIX LIMIT or metadata`,
        );
    }
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
