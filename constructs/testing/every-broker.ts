import {
  type EventPlatform,
  ExternalKafkaAuthentication,
  type IMessageBroker,
  KafkaCluster,
  NatsJetStream,
  RabbitMqCluster,
  RedisStreams,
  StrimziKafka,
} from '../index.ts';

/** Declares a broker of each kind, by the name of its class. */
export const EVERY_BROKER: Readonly<Record<string, (platform: EventPlatform) => IMessageBroker>> = {
  KafkaCluster: (platform) => new KafkaCluster(platform, 'broker'),
  ExternalKafka: (platform) =>
    KafkaCluster.fromBootstrap(platform, 'broker', {
      bootstrapServers: ['b-1.example.com:9098'],
      authentication: ExternalKafkaAuthentication.mskIam({ region: 'eu-central-1' }),
      topics: 'existing',
    }),
  RabbitMqCluster: (platform) => new RabbitMqCluster(platform, 'broker'),
  RedisStreams: (platform) => new RedisStreams(platform, 'broker'),
  NatsJetStream: (platform) => new NatsJetStream(platform, 'broker'),
  StrimziKafka: (platform) => new StrimziKafka(platform, 'broker'),
};
