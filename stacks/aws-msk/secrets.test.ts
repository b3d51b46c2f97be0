// AWS takes no part: this shows what is asked for, not what AWS makes of it.
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { type SecretReference, SecretValue } from '../../constructs/security/secret-reference.ts';
import { ACCOUNT, ANSWERS } from '../testing/answers.ts';
import { record } from '../testing/recording.ts';
import {
  externalSecret,
  PlatformSecrets,
  type PlatformSecretsArgs,
  requireSecretValue,
  secretStore,
} from './secrets.ts';
import { AWS_SIZES } from './sizes.ts';

const REFERENCE: SecretReference = {
  name: 'worker-database',
  keys: {
    username: SecretValue.literal('worker'),
    password: SecretValue.random(),
    host: SecretValue.external('address of the database'),
    uri: SecretValue.template('postgres://${username}:${password}@${host}'),
  },
};
const SECRET = 'aws:secretsmanager/secret:Secret';
const VERSION = 'aws:secretsmanager/secretVersion:SecretVersion';
const made = (args: Partial<PlatformSecretsArgs> = {}) =>
  record(
    () =>
      new PlatformSecrets('blue', {
        size: AWS_SIZES.production,
        references: [REFERENCE],
        values: { 'worker-database.host': pulumi.output('db.example') },
        keyArn: 'key-of-secrets',
        ...args,
      }),
    ANSWERS,
  );

describe('PlatformSecrets', () => {
  it('puts all keys into one secret: given, generated, known, and made of others', async () => {
    const { only } = await made();
    const version = only(VERSION);
    expect(JSON.parse(version.inputs.secretString as string)).toEqual({
      username: 'worker',
      password: 'open-sesame',
      host: 'db.example',
      uri: 'postgres://worker:open-sesame@db.example',
    });
    expect(version.secrets).toEqual(['secretString']);
  });

  it('refuses a value that Secrets Manager does not take', () => {
    expect(requireSecretValue('worker-database', 'é'.repeat(32_768))).toHaveLength(32_768);
    expect(() => requireSecretValue('worker-database', `é${'é'.repeat(32_768)}`)).toThrow(
      "the value of secret 'worker-database' has 65538 bytes, and AWS takes 65536: divide its keys",
    );
  });

  it('knows how long ARNs become, for policies that name them', async () => {
    const { result } = await made();
    const arn = `arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:blue-worker-database-1234567-AbCdEf`;
    expect(result.longestArns('eu-central-1').map(({ length }) => length)).toEqual([arn.length]);
  });

  it('makes up letters and digits, once and for good', async () => {
    const { only } = await made();
    expect(only('random:index/randomPassword:RandomPassword')).toMatchObject({
      name: 'worker-database/password',
      inputs: { length: 32, special: false },
      protect: true,
    });
  });

  it('takes what is given over what it would make up', async () => {
    const { only, ofType } = await made({
      values: { 'worker-database.host': 'h', 'worker-database.password': 'own' },
    });
    expect(ofType('random:index/randomPassword:RandomPassword')).toEqual([]);
    expect(only(VERSION).inputs.secretString).toContain('postgres://worker:own@h');
  });

  it.each([
    ['dev', 7, false],
    ['production', 30, true],
  ] as const)('of size %s brings secrets back for %i days', async (size, days, protect) => {
    const { only } = await made({ size: AWS_SIZES[size] });
    expect(only(SECRET)).toMatchObject({
      inputs: { kmsKeyId: 'key-of-secrets', recoveryWindowInDays: days },
      protect,
    });
    // A fixed name could not be used again before that.
    expect(only(SECRET).inputs).not.toHaveProperty('name');
  });

  it('names all that is missing, and all that nobody asked for', async () => {
    await expect(made({ values: { 'worker-database.hots': 'h' } })).rejects.toThrow(
      "secrets cannot be made:\n- 'worker-database.host' (address of the database) is not given: add it to the values\n" +
        "- 'worker-database.hots' is given, and no manifest refers to it: remove it",
    );
  });
});

describe('manifests', () => {
  it('reads with the identity of the operator, in one namespace', () => {
    expect(secretStore('events', 'eu-central-1')).toEqual({
      apiVersion: 'external-secrets.io/v1',
      kind: 'SecretStore',
      metadata: { name: 'aws-secrets-manager', namespace: 'events' },
      spec: { provider: { aws: { service: 'SecretsManager', region: 'eu-central-1' } } },
    });
  });

  it('makes a Secret of all keys, from the store of that namespace', () => {
    const manifest = externalSecret('worker-database', 'events', 'blue-worker-database-1234567');
    expect(manifest).toEqual({
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: 'worker-database', namespace: 'events' },
      spec: {
        refreshInterval: '1h',
        secretStoreRef: {
          kind: 'SecretStore',
          name: secretStore('events', 'eu-central-1').metadata.name,
        },
        target: { name: 'worker-database', creationPolicy: 'Owner' },
        dataFrom: [{ extract: { key: 'blue-worker-database-1234567' } }],
      },
    });
  });
});
