import { Agent, request } from 'node:http';
import type { Environment } from './environment.ts';
import { benchEvents, type BenchEvent } from './events.ts';
import { effects } from './measure.ts';
import { BULK, PUBSUB, ROUTE } from './names.ts';
import { CONNECTIONS } from './pgbench.ts';
import { startConsumer } from './running-arm.ts';

/** A delivery in bulk, as daprd makes it. */
function delivery(events: readonly BenchEvent[], index: number): Buffer {
  return Buffer.from(
    JSON.stringify({
      id: `delivery-${index}`,
      entries: events.map((event, entry) => ({
        entryId: String(entry),
        event,
        contentType: 'application/cloudevents+json',
        metadata: { __key: event.data.account },
      })),
      metadata: { pubsubName: PUBSUB },
      topic: 'bench-clean',
      pubsubname: PUBSUB,
      type: 'com.dapr.event.sent.bulk',
    }),
  );
}

function post(agent: Agent, port: number, body: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port,
        path: ROUTE,
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': body.length },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(Buffer.concat(chunks).toString()));
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

function requireSuccess(answer: string): void {
  const { statuses } = JSON.parse(answer) as { statuses?: readonly { status: string }[] };
  const succeeded = statuses?.filter(({ status }) => status === 'SUCCESS').length ?? 0;
  if (succeeded !== BULK.maxMessagesCount) {
    throw new Error(`the runtime answered a delivery with ${answer.slice(0, 300)}`);
  }
}

/**
 * Events per second that the runtime takes from a client that poses as the sidecar: deliveries of a
 * hundred events over four connections, made before the clock starts. The first tenth warms it up.
 */
export async function runtimeAlone(
  environment: Environment,
  count: number,
  round: number,
): Promise<number> {
  const size = BULK.maxMessagesCount;
  const events = benchEvents('clean', count);
  const bodies = Array.from({ length: Math.floor(count / size) }, (_, index) =>
    delivery(events.slice(index * size, (index + 1) * size), index),
  );
  const running = await startConsumer(environment, {
    program: 'runtime-bulk',
    appId: `in-process-${round}`,
  });
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const deliver = async (from: number, to: number): Promise<void> => {
    let next = from;
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        while (next < to) {
          requireSuccess(await post(agent, running.port, bodies[next++]!));
        }
      }),
    );
  };
  try {
    const warm = Math.floor(bodies.length / 10);
    await deliver(0, warm);
    const started = performance.now();
    await deliver(warm, bodies.length);
    const seconds = (performance.now() - started) / 1000;
    const committed = await effects(running.database.pool);
    if (committed !== bodies.length * size) {
      throw new Error(`${bodies.length * size} events were acknowledged, ${committed} committed`);
    }
    return ((bodies.length - warm) * size) / seconds;
  } finally {
    agent.destroy();
    await running.process.stop('SIGKILL');
    await running.database.drop();
  }
}
