// AWS takes no part: this shows what the AWS CLI is told.
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, REGION } from '../testing/answers.ts';
import { record } from '../testing/recording.ts';
import { kubeconfig, updateKubeconfig } from './kubeconfig.ts';
import { readProviderSettings } from './provider-settings.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/deployer`;
const ROLES = JSON.stringify([{ roleArn: ROLE, sessionName: 'me', duration: '1h' }]);
const CLUSTER = {
  name: pulumi.output('blue'),
  endpoint: pulumi.output('https://cluster.example'),
  certificateAuthority: pulumi.output({ data: 'QQ==' }),
};
const cliOf = async (config: Record<string, string>) =>
  (await record(readProviderSettings, { config })).result.settings.cli;

async function execOf(config: Record<string, string>) {
  const text = kubeconfig(CLUSTER, REGION, await cliOf(config));
  const known = await new Promise<string>((resolve) => {
    text.apply(resolve);
  });
  const { users } = JSON.parse(known) as { users: [{ user: { exec: Record<string, unknown> } }] };
  return users[0].user.exec;
}

const GET_TOKEN = ['eks', 'get-token', '--cluster-name', 'blue', '--region', REGION];

describe('the kubeconfig in the state', () => {
  it('has nothing of the environment of the deployer', async () => {
    process.env.AWS_PROFILE = 'mine-alone';
    try {
      expect(await execOf({})).toEqual({
        apiVersion: 'client.authentication.k8s.io/v1beta1',
        command: 'aws',
        args: GET_TOKEN,
        interactiveMode: 'Never',
      });
    } finally {
      delete process.env.AWS_PROFILE;
    }
  });

  it('logs in by the profile of the stack, before credentials in the environment', async () => {
    const { args, env } = await execOf({ 'aws:profile': 'team' });
    expect(args).toEqual([...GET_TOKEN, '--profile', 'team']);
    expect(env).toBeUndefined();
  });

  it('assumes the role that the provider assumes', async () => {
    const { args } = await execOf({ 'aws:assumeRoles': ROLES, 'aws:profile': 'team' });
    expect(args).toEqual([...GET_TOKEN, '--role-arn', ROLE, '--profile', 'team']);
  });

  it('takes the same ways through a network', async () => {
    const { env, args } = await execOf({
      'aws:httpsProxy': 'http://proxy.example:3128',
      'aws:noProxy': 'eks.example',
      'aws:customCaBundle': '/etc/ssl/ours.pem',
      'aws:sharedConfigFiles': '["~/.aws/ours"]',
      'aws:useFipsEndpoint': 'true',
      'aws:insecure': 'true',
    });
    expect(env).toEqual([
      { name: 'AWS_CA_BUNDLE', value: '/etc/ssl/ours.pem' },
      { name: 'HTTPS_PROXY', value: 'http://proxy.example:3128' },
      { name: 'NO_PROXY', value: 'eks.example' },
      { name: 'AWS_CONFIG_FILE', value: '~/.aws/ours' },
      { name: 'AWS_USE_FIPS_ENDPOINT', value: 'true' },
    ]);
    expect(args).toContain('--no-verify-ssl');
  });
});

describe('the command that reaches the cluster', () => {
  it('is of the same identity', async () => {
    const command = `aws eks update-kubeconfig --region ${REGION} --name blue`;
    expect(updateKubeconfig('blue', REGION, await cliOf({}))).toBe(command);
    expect(updateKubeconfig('blue', REGION, await cliOf({ 'aws:profile': 'team' }))).toBe(
      `${command} --profile team`,
    );
    expect(updateKubeconfig('blue', REGION, await cliOf({ 'aws:assumeRoles': ROLES }))).toBe(
      `${command} --assume-role-arn ${ROLE} --role-arn ${ROLE}`,
    );
  });
});
