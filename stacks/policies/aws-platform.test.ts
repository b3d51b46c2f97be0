// AWS takes no part: this shows that what is asked for, all together, keeps all rules.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Provider } from '@pulumi/aws/provider.js';
import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { SecretValue } from '../../constructs/security/secret-reference.ts';
import { Cache } from '../aws-msk/cache.ts';
import { Database } from '../aws-msk/database.ts';
import { KafkaIdentities, PodIdentity, secretReaderStatements } from '../aws-msk/identities.ts';
import { Images } from '../aws-msk/images.ts';
import { Kafka, mskTopics } from '../aws-msk/kafka.ts';
import { EncryptionKeys } from '../aws-msk/keys.ts';
import { KubernetesCluster } from '../aws-msk/kubernetes-cluster.ts';
import { Network } from '../aws-msk/network.ts';
import { PlatformSecrets } from '../aws-msk/secrets.ts';
import type { AwsSize } from '../aws-msk/sizes.ts';
import { SIZES } from '../aws-msk/testing.ts';
import { ACCOUNT, AWS_ANSWERS, REGION } from '../testing/aws-answers.ts';
import { record, type RecordedResource, type Recording } from '../testing/recording.ts';
import { UNTAGGABLE } from './aws.ts';
import { findings } from './index.ts';

const ROOT = join(import.meta.dirname, '../..');

/** All components, as a program puts them together. */
function platform(size: AwsSize): void {
  const tags = { environment: size.name, project: 'event-platform', stack: 'blue' };
  const provider = new Provider('aws', { region: REGION, defaultTags: { tags } });
  const options = { providers: { aws: provider } };
  const { arns } = new EncryptionKeys(
    'blue',
    { size, region: REGION, accountId: ACCOUNT },
    options,
  );
  const network = new Network(
    'blue',
    { size, region: REGION, zones: ['a', 'b', 'c'], logKeyArn: arns.logs },
    options,
  );
  const cluster = new KubernetesCluster(
    'blue',
    {
      size,
      region: REGION,
      network,
      keyArn: arns.kubernetes,
      logKeyArn: arns.logs,
      administrators: { deployer: `arn:aws:iam::${ACCOUNT}:role/deployer` },
      tags,
    },
    options,
  );
  const clients = { nodes: cluster.nodeSecurityGroupId };
  const guarded = { size, network, clients };
  const kafka = new Kafka(
    'blue-kafka',
    { ...guarded, keyArn: arns.kafka, logKeyArn: arns.logs },
    options,
  );
  mskTopics(
    'blue',
    {
      size,
      clusterArn: kafka.clusterArn,
      topics: [
        {
          name: 'created',
          partitions: 6,
          replicationFactor: 3,
          minInSyncReplicas: 2,
          retention: Duration.days(7),
        },
      ],
    },
    { provider },
  );
  const database = new Database('blue-database', { ...guarded, keyArn: arns.database }, options);
  new Cache('blue-cache', { ...guarded, keyArn: arns.cache }, options);
  new Images('blue', { size, names: ['producer'], tag: '1.0.0', root: ROOT }, options);
  const secrets = new PlatformSecrets(
    'blue',
    {
      size,
      references: [{ name: 'database', keys: { password: SecretValue.external('password') } }],
      values: { 'database.password': database.password },
      keyArn: arns.secrets,
    },
    options,
  );
  new KafkaIdentities(
    'blue',
    {
      cluster,
      kafkaArn: kafka.clusterArn,
      namespace: 'events',
      apps: [{ app: 'worker', publish: ['done'], subscribe: [{ topic: 'created', group: 'g' }] }],
      watchers: { keda: { namespace: 'keda', name: 'keda-operator' } },
    },
    options,
  );
  new PodIdentity(
    'blue-external-secrets',
    {
      cluster,
      serviceAccount: { namespace: 'external-secrets', name: 'external-secrets' },
      description: 'Reads secrets',
      statements: secrets.arns.apply((found) => secretReaderStatements(found, 'key', REGION)),
    },
    options,
  );
}

/** A resource as the provider hands it on: with the tags that the provider adds. */
function asChecked({ resources }: Recording<void>, resource: RecordedResource) {
  const provider = resources.find(
    ({ urn }) => urn === resource.provider.split('::').slice(0, -1).join('::'),
  );
  const given = provider?.inputs.defaultTags;
  const added = typeof given === 'string' ? (JSON.parse(given) as { tags: object }).tags : {};
  const tags = { ...added, ...(resource.inputs.tags as object | undefined) };
  return { ...resource, props: { ...resource.inputs, tags } };
}

describe.each(SIZES)('the platform on AWS of size $name', (size) => {
  it('keeps all rules', async () => {
    const recording = await record(() => platform(size), AWS_ANSWERS);
    const made = recording.resources.filter(({ custom }) => custom);
    expect(made.length).toBeGreaterThan(80);
    expect(findings(made.map((resource) => asChecked(recording, resource)))).toEqual([]);

    // One resource each.
    expect(new Set(made.map(({ urn }) => urn)).size).toBe(made.length);

    // The list of what has no tags is what the SDK says.
    for (const { type } of made) {
      const [, module] = type.split(':') as [string, string];
      const path = join(ROOT, 'node_modules/@pulumi/aws', `${module}.js`);
      if (type.startsWith('aws:') && existsSync(path)) {
        const taggable = readFileSync(path, 'utf8').includes('resourceInputs["tags"] = args');
        expect([type, UNTAGGABLE.has(type)]).toEqual([type, !taggable]);
      }
    }
  });
});
