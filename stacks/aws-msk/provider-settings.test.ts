// AWS takes no part: this shows what the provider and the AWS CLI are told.
import { describe, expect, it } from 'vitest';
import { ACCOUNT, ANSWERS, REGION, MAIL_SETTINGS } from '../testing/answers.ts';
import { record } from '../testing/recording.ts';
import { awsConfig } from './config.ts';
import { program } from './index.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/deployer`;
const CONFIG = {
  target: 'aws-msk',
  size: 'dev',
  region: REGION,
  imageTag: '1.2.3',
  ...MAIL_SETTINGS,
  privateApi: 'true',
};
const deploy = (config: Record<string, string> = {}) =>
  record(program, {
    ...ANSWERS,
    stack: 'aws-msk-dev',
    config: { ...CONFIG, ...config },
  });

/** Reads the configuration, and makes nothing. */
const read = (config: Record<string, string>) =>
  record(awsConfig, { stack: 'aws-msk-dev', config: { ...CONFIG, ...config } });

describe('settings of the AWS provider', () => {
  const roles = JSON.stringify([{ roleArn: ROLE }]);
  let made: ReturnType<typeof deploy> | undefined;
  const settings = {
    'aws:profile': 'team',
    'aws:region': REGION,
    'aws:assumeRoles': roles,
    'aws:endpoints': '[{"eks":"https://eks.example"}]',
    'aws:skipCredentialsValidation': 'true',
    'aws:maxRetries': '7',
    'aws:defaultTags': '{"tags":{"team":"events"}}',
    'aws:allowedAccountIds': `[${ACCOUNT}, "444455556666"]`,
  };
  const deployed = () => (made ??= deploy(settings));

  it('reach the provider, which does not take them by itself', async () => {
    const { inputs } = (await deployed()).only('pulumi:providers:aws');
    expect(inputs).toMatchObject({
      profile: 'team',
      region: REGION,
      assumeRoles: roles,
      endpoints: '[{"eks":"https://eks.example"}]',
      skipCredentialsValidation: 'true',
      maxRetries: '7',
      allowedAccountIds: `["${ACCOUNT}","444455556666"]`,
    });
  });

  it('add tags to those of the stack, those of nodes included', async () => {
    const { only, ofType } = await deployed();
    expect(JSON.parse(only('pulumi:providers:aws').inputs.defaultTags as string)).toEqual({
      tags: {
        team: 'events',
        project: 'cdk8s-event-platform',
        stack: 'aws-msk-dev',
        environment: 'dev',
      },
    });
    for (const { inputs } of ofType('aws:ec2/launchTemplate:LaunchTemplate')) {
      expect(JSON.stringify(inputs.tagSpecifications)).toContain('"team":"events"');
    }
  });

  it('are in all that asks AWS, and in the kubeconfig of the provider of Kubernetes', async () => {
    const { only, calls, resources } = await deployed();
    const { urn } = only('pulumi:providers:aws');
    const asked = calls.filter(({ token }) => token.startsWith('aws:'));
    expect(asked.map(({ token }) => token)).toEqual(
      expect.arrayContaining([
        'aws:index/getCallerIdentity:getCallerIdentity',
        'aws:ecr/getAuthorizationToken:getAuthorizationToken',
      ]),
    );
    const inAws = resources.filter(({ type }) => type.startsWith('aws:'));
    expect(inAws.length).toBeGreaterThan(50);
    for (const { provider } of [...asked, ...inAws]) {
      expect(provider).toMatch(new RegExp(`^${urn}::`));
    }
    expect(only('pulumi:providers:kubernetes').inputs.kubeconfig).toContain(
      `"--role-arn","${ROLE}","--profile","team"`,
    );
  });
});

describe('settings that cannot be kept', () => {
  const roles = (...given: object[]) => ({ 'aws:assumeRoles': JSON.stringify(given) });

  it.each<[Record<string, string>, string]>([
    [{ 'aws:secretKey': 'hush' }, "'aws:secretKey' cannot be passed on to the AWS CLI"],
    [
      { 'aws:assumeRoleWithWebIdentity': '{}' },
      'set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE where Pulumi runs',
    ],
    [
      roles({ roleArn: ROLE }, { roleArn: ROLE }),
      "'aws:assumeRoles' has 2 roles, and the AWS CLI assumes one for the cluster: put the role into a profile",
    ],
    [roles({ roleArn: ROLE, externalId: 'x' }), "'aws:assumeRoles' has externalId, which"],
    [
      roles({ roleArn: ROLE, tags: { team: 'events' }, sourceIdentity: 'me' }),
      "'aws:assumeRoles' has sourceIdentity, tags, which",
    ],
    [roles({}), "'aws:assumeRoles' has no roleArn: set it with"],
    [
      { ...roles({ roleArn: ROLE }), 'aws:endpoints': '[{"sts":"https://sts.example"}]' },
      "'aws:endpoints' has sts 'https://sts.example'",
    ],
    [{ 'aws:sharedConfigFiles': '["a","b"]' }, "'aws:sharedConfigFiles' has 'a', 'b'"],
    [{ 'aws:assumeRoles': 'me' }, "'aws:assumeRoles' is 'me', which is not JSON"],
    [
      { 'aws:assumeRole': '{}' },
      "'aws:assumeRole' is not a setting of the AWS provider: use 'aws:assumeRoles', or remove it",
    ],
    [{ 'aws:region': 'us-east-1' }, "'aws:region' is 'us-east-1', and 'region' is 'eu-central-1'"],
    [
      { 'aws:allowedAccountIds': '["444455556666"]', accountId: ACCOUNT },
      "'accountId' is '111122223333', which 'aws:allowedAccountIds' (444455556666) does not allow",
    ],
    [
      { 'aws:forbiddenAccountIds': '["444455556666"]', accountId: ACCOUNT },
      "'aws:forbiddenAccountIds' cannot be used with accounts that are allowed",
    ],
    [{ 'aws:defaultTags': '{"tags":{"stack":"x"}}' }, "'aws:defaultTags' has 'stack'"],
    [
      {
        'aws:defaultTags': JSON.stringify({
          tags: Object.fromEntries(Array.from({ length: 48 }, (_, index) => [`t${index}`, 'x'])),
        }),
      },
      "'aws:defaultTags' makes 51 tags on each resource with those of the stack, and AWS allows 50: use at most 47",
    ],
  ])('refuses %j', async (config, message) => {
    await expect(read(config)).rejects.toThrow(message);
  });

  it('names all of them at once, with those of the stack, and no password', async () => {
    const error = await read({
      'aws:secretKey': 'hush',
      'aws:token': 'hush',
      size: 'huge',
    }).catch(String);
    expect(error).toMatch(/'size'.*\n.*'aws:secretKey'.*\n.*'aws:token'/);
    expect(error).not.toContain('hush');
  });
});
