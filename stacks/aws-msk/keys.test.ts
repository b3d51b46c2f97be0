// AWS takes no part: this shows what is asked for, not what AWS makes of it.
import { describe, expect, it } from 'vitest';
import { ACCOUNT, ANSWERS, REGION } from '../testing/answers.ts';
import { record } from '../testing/recording.ts';
import { EncryptionKeys } from './keys.ts';
import { SIZES } from './testing.ts';

const KEY = 'aws:kms/key:Key';

describe.each(SIZES)('EncryptionKeys of size $name', (size) => {
  const made = () =>
    record(() => new EncryptionKeys('blue', { size, region: REGION, accountId: ACCOUNT }), ANSWERS);

  it('has a key that AWS renews for each kind of data, with an alias, guarded', async () => {
    const { ofType, result } = await made();
    const keys = ofType(KEY);
    expect(keys.map(({ name }) => name)).toEqual(
      Object.keys(result.arns).map((kind) => `blue-${kind}`),
    );
    for (const key of keys) {
      expect(key).toMatchObject({
        inputs: { enableKeyRotation: true, deletionWindowInDays: size.recovery.toDays() },
        protect: size.protectData,
      });
    }
    expect(ofType('aws:kms/alias:Alias').map(({ inputs }) => inputs.targetKeyId)).toEqual(
      keys.map(({ name }) => `${name}-id`),
    );
  });

  it('lets the account decide who uses them, and CloudWatch use that of logs, for its logs', async () => {
    const { only } = await made();
    const statements = (name: string) =>
      (JSON.parse(only(KEY, name).inputs.policy as string) as { Statement: object[] }).Statement;
    const account = {
      Sid: 'Account',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Action: ['kms:*'],
      Resource: '*',
    };
    expect(statements('blue-kafka')).toEqual([account]);
    expect(statements('blue-logs')).toEqual([
      account,
      expect.objectContaining({
        Principal: { Service: `logs.${REGION}.amazonaws.com` },
        Condition: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:*`,
          },
        },
      }),
    ]);
  });
});
