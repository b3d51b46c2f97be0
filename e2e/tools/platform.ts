import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { makeSecret, type SecretManifest } from '../../cli/make-secret.ts';
import { Environment, EventTools } from '../../constructs/index.ts';
import { TestPlatform } from '../../constructs/testing/fixtures.ts';
import { type KubernetesObject, Manifests } from '../../scripts/manifests.ts';
import type { BrokerSetting } from '../../testkit/brokers/broker.ts';

/** What is published, read and replayed. */
export const Measured = defineEvent({
  type: 'com.example.meter.measured',
  version: '1.0.0',
  topic: 'meter.measured',
  key: 'meter',
  description: 'A meter has measured something.',
  schema: {
    type: 'object',
    required: ['meter', 'value'],
    properties: { meter: { type: 'string', maxLength: 20 }, value: { type: 'string' } },
  },
});

const image = { port: 8080, description: 'Has to do with meters.' };

/** App id of the consumer. */
export const READER = 'reader';

/** A platform with a topic, a producer that never runs, a consumer and the tools. */
export function toolsPlatform(setting: BrokerSetting, epoch = 0) {
  const environment = Environment.local();
  const declared = new TestPlatform(environment, setting.declare);
  const { platform, pubSub } = declared;
  declared.producer(defineApp({ ...image, appId: 'meters', publishes: [Measured] }));
  declared.consumer({ epoch }, defineApp({ ...image, appId: READER, subscribes: [Measured] }));
  new EventTools(platform, 'event-tools', { pubSub });
  const manifests = new Manifests(declared.objects() as unknown as readonly KubernetesObject[]);
  const secrets: readonly SecretManifest[] = platform.secrets.map((secret) =>
    makeSecret(secret, environment.namespace),
  );
  return { platform, manifests, secrets };
}
