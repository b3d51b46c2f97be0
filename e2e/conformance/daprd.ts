import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { Manifests } from '../../scripts/manifests.ts';
import { kafka } from '../../testkit/brokers/kafka.ts';
import { startCache } from '../../testkit/cache/server.ts';
import { startSentry } from '../../testkit/platform/sentry.ts';
import { startScheduler } from '../../testkit/platform/scheduler.ts';
import { sidecar, writeResources } from '../../testkit/platform/sidecar.ts';
import { freePorts } from '../../testkit/process.ts';
import { ensureTools } from '../../testkit/tools/index.ts';
import { CACHE, PRODUCER, type TestedPlatform } from './platform.ts';
import type { Message, Subject } from './subject.ts';

/** Records everything on all dead-letter and other topics from their beginning. */
async function record(client: Kafka, topics: readonly string[]) {
  const messages = new Map<string, Message[]>(topics.map((topic) => [topic, []]));
  const consumer = client.consumer({ groupId: 'conformance-recorder' });
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({
    eachMessage: ({ topic, message: { key, value, headers = {} } }) => {
      const texts = Object.entries(headers).map(([name, text]) => [name, String(text)]);
      messages.get(topic)!.push({
        ...{ key: key?.toString(), value },
        headers: Object.fromEntries(texts) as Message['headers'],
      });
      return Promise.resolve();
    },
  });
  return { messages, stop: () => consumer.disconnect() };
}

/** Creates topics in one request: the rendered Job takes a second for each. */
async function addTopics(client: Kafka, topics: TestedPlatform['topics']): Promise<void> {
  const admin = client.admin();
  await admin.connect();
  const declared = [...topics].map(([topic, numPartitions]) => ({ topic, numPartitions }));
  await admin.createTopics({ topics: declared, waitForLeaders: true });
  await admin.disconnect();
}

/** The pinned daprd, with Dapr's scheduler and a Redis server, on a real Kafka of one node. */
export async function startDaprd(folder: string, platform: TestedPlatform): Promise<Subject> {
  const tools = ensureTools(['dapr', 'dapr-control-plane']);
  const { dapr } = tools;
  const { objects, topics, secrets } = platform;
  const manifests = new Manifests(objects);
  const logs = join(folder, 'logs');
  mkdirSync(logs, { recursive: true });
  const broker = await kafka.start({ manifests, secrets, folder: join(folder, 'broker'), logs });
  const brokers = [Object.values(broker.addresses)[0]!];
  const client = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  await addTopics(client, topics);
  const producer = client.producer();
  await producer.connect();
  const recorder = await record(client, [...topics.keys()]);
  const jobs = join(folder, 'scheduler');
  const scheduler = await startScheduler(tools['dapr-control-plane'], jobs, logs);
  const hasState = manifests.ofKind('StatefulSet').some(({ metadata }) => metadata.name === CACHE);
  const cache = hasState
    ? await startCache({ manifests, secrets, folder, logs }, CACHE)
    : undefined;
  const addresses = { ...broker.addresses, ...cache?.addresses };
  const files = writeResources(manifests, secrets, addresses, folder);
  const called = new Set(
    manifests
      .ofKind('Configuration')
      .map(({ metadata }) => metadata.name.replace(/-callers$/, ''))
      .filter((name) => manifests.ofKind('Deployment').some((app) => app.metadata.name === name)),
  );
  const sentry =
    called.size === 0
      ? undefined
      : await startSentry(tools['dapr-control-plane'], join(folder, 'sentry'), logs);
  // The scheduler here has no identity: sidecars that have one would not talk to it.
  const filesOf = (appId: string) =>
    sentry !== undefined && (called.has(appId) || appId === PRODUCER)
      ? { ...files, identities: sentry.identities }
      : { ...files, scheduler: scheduler.address };
  return {
    name: 'daprd',
    sidecar: async (appId, appPort) => {
      const [http, grpc, internal, metrics, open] = (await freePorts(5)) as [
        number,
        number,
        number,
        number,
        number,
      ];
      const deployment = manifests.only('Deployment', appId);
      const ports = { http, grpc, internal, metrics, public: open };
      const started = sidecar(dapr, deployment, filesOf(appId), appPort, ports, logs);
      await started.start();
      return { port: http, stop: () => started.stop(), kill: () => started.stop('SIGKILL') };
    },
    produce: async (topic, { key, value, headers }) => {
      await producer.send({ topic, messages: [{ key: key ?? null, value, headers }] });
    },
    messages: (topic) => Promise.resolve(recorder.messages.get(topic)!),
    stop: async () => {
      await cache?.process.stop();
      await sentry?.process.stop();
      await scheduler.process.stop();
      await recorder.stop();
      await producer.disconnect();
    },
  };
}
