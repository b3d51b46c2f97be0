import { describe, expect, it } from 'vitest';
import { bootstrapProblems, groupPrefixProblems, mskSecretProblems } from './external-checks.ts';

describe('bootstrapProblems', () => {
  it.each([
    'kafka.example.com:9092',
    'b-1.x_y.kafka.eu-central-1.amazonaws.com:9098',
    '10.0.0.1:1',
  ])('accepts %s', (server) => {
    expect(bootstrapProblems([server])).toEqual([]);
  });

  it.each([
    [[], "bootstrapServers is empty: give one 'host:port' or more"],
    [
      ['kafka:9092'],
      "bootstrap server 'kafka:9092' is not fully qualified, and KEDA would look for it in its own namespace: use the full name, e.g. 'kafka.example.com:9092' or 'kafka.<namespace>.svc.cluster.local:9092'",
    ],
    [['localhost'], expect.stringContaining("'localhost' is not fully qualified")],
    [
      ['kafka.shop.svc:9092'],
      "bootstrap server 'kafka.shop.svc:9092' is not fully qualified: use 'kafka.shop.svc.cluster.local:9092'",
    ],
    [
      ['a.example.com:9092,b.example.com:9092'],
      "bootstrap server 'a.example.com:9092,b.example.com:9092' is not 'host:port': use e.g. 'kafka.example.com:9092', and one entry for each server",
    ],
    [['a.example.com'], expect.stringContaining("is not 'host:port'")],
    [['a.example.com:0'], expect.stringContaining("is not 'host:port'")],
    [['a.example.com:65536'], expect.stringContaining("is not 'host:port'")],
    [['kafka://a.example.com:9092'], expect.stringContaining("is not 'host:port'")],
    [
      ['a.example.com:1', 'a.example.com:1'],
      "bootstrap server 'a.example.com:1' is given twice: give each once",
    ],
  ])('refuses %j', (servers, problem) => {
    expect(bootstrapProblems(servers)).toEqual([problem]);
  });
});

it('a prefix of groups is plain text', () => {
  expect(groupPrefixProblems('event-driven')).toEqual([]);
  expect(groupPrefixProblems('{namespace}')).toEqual([
    "groupPrefix '{namespace}' is not plain: use letters, digits, '.', '_' and '-', and write the namespace out, since '{namespace}' makes Dapr prefix the names of topics",
  ]);
  expect(groupPrefixProblems('')).toHaveLength(1);
});

describe('mskSecretProblems', () => {
  const key = 'arn:aws:kms:eu-central-1:123456789012:key/0f1e';

  it('accepts secrets of their own with a key of the customer', () => {
    expect(mskSecretProblems(['AmazonMSK_a', 'AmazonMSK_b'], key)).toEqual([]);
    expect(mskSecretProblems([], key.replace('aws:', 'aws-us-gov:'))).toEqual([]);
  });

  it.each([
    [
      ['shop'],
      key,
      "awsSecretName 'shop' does not start with 'AmazonMSK_', and MSK takes no other secret: call it 'AmazonMSK_shop'",
    ],
    [
      ['AmazonMSK_all', 'AmazonMSK_all'],
      key,
      "awsSecretName gives two clients the secret 'AmazonMSK_all', and a secret holds one user: put the name of the client into it",
    ],
    ...['', 'alias/x', 'arn:aws:kms:eu-central-1:123456789012:alias/aws/secretsmanager'].map(
      (arn): [string[], string, string] => [
        [],
        arn,
        `kmsKeyArn '${arn}' is not a key of yours, and MSK reads no secret that the default key of Secrets Manager encrypts: create a key and give its ARN, 'arn:aws:kms:<region>:<account>:key/<id>'`,
      ],
    ),
  ] as [string[], string, string][])('refuses %j with key %j', (names, arn, problem) => {
    expect(mskSecretProblems(names, arn)).toEqual([problem]);
  });
});
