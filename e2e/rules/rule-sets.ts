import { join } from 'node:path';
import { EXAMPLE_MAIL } from '../../charts/tasks/example-mail.ts';
import { PLATFORMS } from '../../charts/systems.ts';
import { taskPlatform } from '../../charts/tasks/task-platform.ts';
import { callingPlatform } from './calling-platform.ts';
import { sagaPlatform } from './saga-platform.ts';
import { storingPlatform } from './storing-platform.ts';
import {
  Environment,
  type EventPlatform,
  ExternalKafkaAuthentication,
  type IMessageBroker,
  KafkaCluster,
  NatsJetStream,
  RabbitMqCluster,
  RedisStreams,
  renderPlatform,
  StrimziKafka,
} from '../../constructs/index.ts';
import { Manifests } from '../../scripts/manifests.ts';
import { inProduction } from '../../constructs/testing/fixtures.ts';

/** A rule that alerts, as Prometheus loads it. */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A rule that records a metric. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Rules that are evaluated one after the other. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (AlertingRule | RecordingRule)[];
}

/** The rules of one platform. */
export interface RuleSet {
  /** Environment, and the broker where it is another. */
  readonly name: string;
  readonly groups: readonly RuleGroup[];
}

/** The rules of a group that alert. */
export function alertsOf({ rules }: RuleGroup): readonly AlertingRule[] {
  return rules.filter((rule) => 'alert' in rule);
}

const DIST = join(import.meta.dirname, '..', '..', 'dist');

/** Brokers that take the place of Kafka, with the settings of each environment. */
export const EXCHANGED_BROKERS = {
  rabbitmq: (platform) => new RabbitMqCluster(platform, 'rabbitmq'),
  redis: (platform) => new RedisStreams(platform, 'redis'),
  nats: (platform) => new NatsJetStream(platform, 'nats'),
  strimzi: (platform) => new StrimziKafka(platform, 'kafka'),
  'external-kafka': (platform) =>
    KafkaCluster.fromBootstrap(platform, 'kafka', {
      bootstrapServers: ['kafka.example.com:9092'],
      authentication: ExternalKafkaAuthentication.none(),
    }),
} as const satisfies Readonly<Record<string, (platform: EventPlatform) => IMessageBroker>>;

const ENVIRONMENTS: Readonly<Record<string, () => Environment>> = {
  local: () => Environment.local(),
  production: () => inProduction({ postgres: { host: 'postgres.example.com' } }),
};

function groupsOf(objects: Manifests): RuleGroup[] {
  return objects
    .ofKind('PrometheusRule')
    .flatMap(({ spec }) => spec.groups as unknown as RuleGroup[]);
}

function ruleSetOf(name: string, platform: EventPlatform): RuleSet {
  const objects = renderPlatform(platform).flatMap((layer) => layer.objects);
  return { name, groups: groupsOf(new Manifests(objects as unknown as Manifests['objects'])) };
}

/** Rules of every system in `dist/`, and of the task platform with each other broker and with calls between its apps, and of an app with sagas. */
/** Rules of every system in `dist/`, and of the task platform with each other broker and with calls between its apps, and of one with an event store. */
export function ruleSets(): RuleSet[] {
  const committed = PLATFORMS.map(({ folder }) => ({
    // Also the name of a file.
    name: folder.replace('/', '-'),
    groups: groupsOf(Manifests.read(join(DIST, folder))),
  }));
  const exchanged = Object.entries(ENVIRONMENTS).flatMap(([environment, make]) =>
    Object.entries(EXCHANGED_BROKERS).map(([broker, declare]) => {
      const platform = taskPlatform(make(), { broker: declare, notifications: EXAMPLE_MAIL });
      return ruleSetOf(`${environment}-${broker}`, platform);
    }),
  );
  return [
    ...committed,
    ...exchanged,
    ruleSetOf('local-calls', callingPlatform()),
    ruleSetOf('local-sagas', sagaPlatform()),
    ruleSetOf('local-stores', storingPlatform()),
  ];
}
