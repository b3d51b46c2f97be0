import { shortHash } from '../../core/names.ts';

/** Names that Strimzi gives to what it makes of a cluster. */
export function strimziNames(cluster: string) {
  return {
    /** Pods of brokers and controllers, by the label `strimzi.io/name`. */
    kafka: `${cluster}-kafka`,
    entityOperator: `${cluster}-entity-operator`,
    exporter: `${cluster}-kafka-exporter`,
    /** Service that clients bootstrap from. */
    bootstrap: `${cluster}-kafka-bootstrap`,
    /** Secret with the certificate of the authority that signs the brokers', in `ca.crt`. */
    authority: `${cluster}-cluster-ca-cert`,
    /** In front of the Secrets that it makes of users; ours are called otherwise. */
    userSecretPrefix: `${cluster}-user-`,
  };
}

const SUBDOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/**
 * Name of the object of a topic: the topic's own where Kubernetes can have it, otherwise one that is
 * made of it and has a hash behind it, so that no two topics meet.
 */
export function topicObjectName(topic: string): string {
  if (SUBDOMAIN.test(topic)) {
    return topic;
  }
  const plain = topic
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 200);
  return `${plain === '' ? 'topic' : plain}-${shortHash(topic)}`;
}
