import type pg from 'pg';
import { Broker, Sidecar } from '../../dev/index.ts';
import type { TestedPlatform } from './platform.ts';
import type { Message, Subject } from './subject.ts';

/** The sidecars of `@cdk8s-event-platform/dev`, on a broker in this database. */
export async function startInProcess(
  pool: pg.Pool,
  { objects, topics, secrets }: TestedPlatform,
): Promise<Subject> {
  const broker = await Broker.open(pool);
  for (const [name, partitions] of topics) {
    await broker.addTopic(name, partitions);
  }
  const secret = (name: string, key: string) =>
    secrets.find(({ metadata }) => metadata.name === name)!.stringData[key]!;
  return {
    name: 'in-process',
    sidecar: (appId, appPort) => Sidecar.start({ appId, appPort, objects, broker, secret }),
    produce: (topic, { key, value, headers }) =>
      broker.append(topic, [
        { value, headers, key: key === undefined ? undefined : Buffer.from(key) },
      ]),
    messages: async (topic) => {
      const partitions = Array.from({ length: broker.partitionsOf(topic) }, (_, index) => index);
      const records = await Promise.all(
        partitions.map((partition) => broker.read(topic, partition, 0, 10_000)),
      );
      return records.flat().map(({ key, value, headers }): Message => ({
        key: key && Buffer.from(key).toString(),
        value: value && Buffer.from(value),
        headers,
      }));
    },
    stop: () => Promise.resolve(),
  };
}
