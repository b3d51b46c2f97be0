/** Ports of each server. */
export const NATS_PORTS = { client: 4222, cluster: 6222, monitoring: 8222 } as const;

/** Account that all clients are in: the one that a server has by itself. */
export const NATS_ACCOUNT = '$G';

/**
 * The stream of a topic. A topic is the only subject of its stream, and Dapr looks a stream up by
 * subject, so apps know topics only. Names of streams have no dots in them.
 */
export function streamName(topic: string): string {
  return topic.replaceAll('.', '_');
}

/**
 * Where the server sends the events of a topic that are for one app. It is written down in the
 * durable consumer, so each pod of the app listens to the same subject. No topic is named like it.
 */
export function deliverSubject(topic: string, appId: string): string {
  return `_deliver.${streamName(topic)}.${appId}`;
}

/** Variable in which servers have the password of a client. */
export function passwordVariable(client: string): string {
  return `PASSWORD_OF_${client.toUpperCase().replaceAll('-', '_')}`;
}
