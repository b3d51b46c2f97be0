import * as pulumi from '@pulumi/pulumi';
import { SYSTEMS, type Systems } from '../../charts/systems.ts';
import {
  choice,
  choices,
  flag,
  list,
  optionalText,
  readConfig,
  secretText,
  text,
} from '../stack-config.ts';
import { systemProblems, systemSettings } from '../systems.ts';
import { providerConflicts, readProviderSettings } from './provider-settings.ts';
import { UPGRADABLE } from './upgrades.ts';

const SETTINGS = {
  target: choice('what the stack deploys to', ['aws-msk']),
  size: choice('how large everything is, and how well guarded', ['dev', 'staging', 'production']),
  region: text('AWS region, with three availability zones', {
    example: 'eu-central-1',
    pattern: /^[a-z]{2}(-[a-z]+)+-\d$/,
  }),
  accountId: optionalText('the only AWS account that may be touched', {
    example: '111122223333',
    pattern: /^\d{12}$/,
  }),
  vpcCidr: text('private range of the network, a /16', {
    example: '10.0.0.0/16',
    fallback: '10.0.0.0/16',
  }),
  publicAccessCidrs: list('who reaches the API of Kubernetes from outside, with commas between', {
    example: '203.0.113.7/32',
    pattern: /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/,
  }),
  privateApi: flag(
    'whether the deployer is inside the network, and nobody reaches the API from outside',
    false,
  ),
  administrators: list('roles that may do everything in the cluster, with commas between', {
    example: 'arn:aws:iam::111122223333:role/platform-team',
    pattern: /^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/.+$/,
  }),
  imageTag: text('tag of the images that are built, a new one for new content', {
    example: '0.1.0',
    pattern: /^(?!latest$)\w[\w.-]{0,127}$/,
  }),
  upgrade: choices('parts that get the version of this program', UPGRADABLE),
  traceEndpoint: optionalText('collector that traces are sent to, by OTLP over HTTP', {
    example: 'http://otel-collector.monitoring:4318',
    pattern: /^https?:\/\/[^\s/@?#]+$/,
  }),
  mailHost: text('mail server that notifications are sent by, on port 587 with STARTTLS', {
    example: 'email-smtp.eu-central-1.amazonaws.com',
    pattern: /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i,
  }),
  mailFrom: text('address that notifications come from', {
    example: 'tasks@example.com',
    pattern: /^[^\s@]+@[^\s@]+$/,
  }),
  mailTo: text('address of a user, with {recipient} in place of the id', {
    example: '{recipient}@example.com',
    pattern: /^[^\s@]*\{recipient\}[^\s@]*@[^\s@]+$/,
  }),
  mailUser: text('user on the mail server', { example: 'AKIAIOSFODNN7EXAMPLE' }),
  mailPassword: secretText('password on the mail server'),
} as const;

/** Regions whose ARNs and certificates differ: China, the government, and isolated ones. */
const OTHER_PARTITION = /^(cn|us-gov|us-iso[a-z]*)-/;

/** Names of the database, the cache and images start with it. */
const STACK_NAME = /^(?=.{1,26}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Who reaches the API of the cluster that is made. */
function accessProblems(publicAccessCidrs: readonly string[], privateApi: boolean): string[] {
  if (publicAccessCidrs.length === 0 && !privateApi) {
    return [
      "'publicAccessCidrs' is not set, and the deployer could not reach the cluster that is made: pulumi config set publicAccessCidrs 203.0.113.7/32 with the address you come from, or privateApi true if you are inside the network",
    ];
  }
  return publicAccessCidrs.length > 0 && privateApi
    ? ["'publicAccessCidrs' opens the API that 'privateApi' closes: remove one of them"]
    : [];
}

/** Configuration of a stack on AWS. @throws RunError that lists every mistake. */
export function awsConfig(systems: Systems = SYSTEMS) {
  const { settings, problems } = readProviderSettings();
  const stack = pulumi.getStack();
  const config = readConfig(
    { ...SETTINGS, ...systemSettings(systems, 'awsMsk') },
    ({ publicAccessCidrs, privateApi, region, accountId, ...chosen }) => [
      ...systemProblems(systems, chosen),
      ...accessProblems(publicAccessCidrs, privateApi),
      ...(OTHER_PARTITION.test(region)
        ? [
            `'region' is '${region}', which is in another partition of AWS than policies and certificates here are made for: use a region of the partition 'aws'`,
          ]
        : []),
      ...providerConflicts(settings, { region, accountId }),
    ],
    [
      ...(STACK_NAME.test(stack)
        ? []
        : [
            `the stack's name '${stack}' cannot start names of AWS: use at most 26 lower-case letters, digits and single hyphens, a letter first, such as 'aws-msk-blue'`,
          ]),
      ...problems,
    ],
  );
  return { ...config, provider: settings };
}

/** What {@link awsConfig} reads. */
export type AwsConfig = ReturnType<typeof awsConfig>;
