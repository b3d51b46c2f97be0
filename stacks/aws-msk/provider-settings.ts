import type { ProviderArgs } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';
import { nearest } from '../stack-config.ts';

/** How the AWS CLI gets to the same identity as the provider. */
export interface CliAccess {
  /** Options of every command. */
  readonly options: readonly string[];
  /** Role that is assumed before a token of the cluster is made. @default - none */
  readonly roleArn?: string;
  /** Environment variables. */
  readonly env: Readonly<Record<string, string>>;
}

/** The settings `aws:…` of a stack. */
export interface ProviderSettings {
  /** For the provider, as they are. */
  readonly args: ProviderArgs;
  /** `aws:defaultTags`. */
  readonly tags: Readonly<Record<string, string>>;
  /** `aws:allowedAccountIds`. @default - any */
  readonly allowedAccountIds?: readonly string[];
  /** For commands that run outside of the provider. */
  readonly cli: CliAccess;
}

type Key = keyof ProviderArgs;

const IN_SHELL = 'remove it, and use a profile, or variables such as AWS_ACCESS_KEY_ID';

/**
 * What becomes of each setting: it is text or JSON that the provider takes, or it is refused with a
 * remedy. What the AWS CLI cannot do is refused, since kubectl and Pulumi get their tokens from it.
 */
const KEYS: Readonly<Record<Key, 'text' | 'json' | { readonly refused: string }>> = {
  accessKey: { refused: IN_SHELL },
  secretKey: { refused: IN_SHELL },
  token: { refused: IN_SHELL },
  assumeRoleWithWebIdentity: {
    refused: 'remove it, and set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE where Pulumi runs',
  },
  allowedAccountIds: 'json',
  assumeRoles: 'json',
  customCaBundle: 'text',
  defaultTags: 'json',
  ec2MetadataServiceEndpoint: 'text',
  ec2MetadataServiceEndpointMode: 'text',
  endpoints: 'json',
  forbiddenAccountIds: 'json',
  httpProxy: 'text',
  httpsProxy: 'text',
  ignoreTags: 'json',
  insecure: 'json',
  maxRetries: 'json',
  noProxy: 'text',
  profile: 'text',
  region: 'text',
  retryMode: 'text',
  s3UsEast1RegionalEndpoint: 'text',
  s3UsePathStyle: 'json',
  sharedConfigFiles: 'json',
  sharedCredentialsFiles: 'json',
  skipCredentialsValidation: 'json',
  skipMetadataApiCheck: 'json',
  skipRegionValidation: 'json',
  skipRequestingAccountId: 'json',
  stsRegion: 'text',
  tagPolicyCompliance: 'text',
  tokenBucketRateLimiterCapacity: 'json',
  useDualstackEndpoint: 'json',
  useFipsEndpoint: 'json',
  userAgents: 'json',
};

/** Texts that the CLI takes as environment variables. */
const CLI_TEXTS: Readonly<Partial<Record<Key, string>>> = {
  customCaBundle: 'AWS_CA_BUNDLE',
  ec2MetadataServiceEndpoint: 'AWS_EC2_METADATA_SERVICE_ENDPOINT',
  ec2MetadataServiceEndpointMode: 'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE',
  httpProxy: 'HTTP_PROXY',
  httpsProxy: 'HTTPS_PROXY',
  noProxy: 'NO_PROXY',
};

/** Files of which the CLI reads one. */
const CLI_FILES: Readonly<Partial<Record<Key, string>>> = {
  sharedConfigFiles: 'AWS_CONFIG_FILE',
  sharedCredentialsFiles: 'AWS_SHARED_CREDENTIALS_FILE',
};

/** What a role may be asked for that `aws eks get-token --role-arn` cannot pass on. */
const ROLE_DETAILS = ['externalId', 'sourceIdentity', 'tags', 'transitiveTagKeys'] as const;

/** AWS allows no more on one resource. */
const TAG_LIMIT = 50;

type Values = Partial<Record<Key, unknown>>;

/** A value as an array of objects, whatever it is. */
function objects(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return (Array.isArray(value) ? (value as unknown[]) : []).filter(
    (item): item is Record<string, unknown> => typeof item === 'object' && item !== null,
  );
}

/** A value as the text that it was in the configuration. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(asText) : [];
}

function readValues(problems: string[]): Values {
  const config = new pulumi.Config('aws');
  const known = Object.keys(KEYS) as Key[];
  const values: Values = {};
  for (const name of Object.keys(pulumi.runtime.allConfig())) {
    const [prefix, key] = name.split(':') as [string, string];
    if (prefix !== 'aws') {
      continue;
    }
    const kind = known.includes(key as Key) ? KEYS[key as Key] : undefined;
    if (kind === undefined) {
      const like = nearest(key, known);
      problems.push(
        `'aws:${key}' is not a setting of the AWS provider: ${like === undefined ? '' : `use 'aws:${like}', or `}remove it with: pulumi config rm aws:${key}`,
      );
    } else if (typeof kind === 'object') {
      // The value may be a password.
      problems.push(
        `'aws:${key}' cannot be passed on to the AWS CLI, which logs in to the cluster: ${kind.refused}`,
      );
    } else if (kind === 'text') {
      values[key as Key] = config.require(key);
    } else {
      try {
        values[key as Key] = config.requireObject(key);
      } catch {
        problems.push(
          `'aws:${key}' is '${config.require(key)}', which is not JSON: set it with: pulumi config set --path 'aws:${key}…' VALUE`,
        );
      }
    }
  }
  return values;
}

/** The role that the CLI assumes as well. */
function assumedRole(values: Values, problems: string[]): string | undefined {
  const roles = objects(values.assumeRoles);
  const inProfile =
    "put the role into a profile (role_arn, source_profile), and set it with: pulumi config set aws:profile NAME; then remove 'aws:assumeRoles'";
  if (roles.length > 1) {
    problems.push(
      `'aws:assumeRoles' has ${roles.length} roles, and the AWS CLI assumes one for the cluster: ${inProfile}`,
    );
  }
  const details = ROLE_DETAILS.filter((detail) => roles.some((role) => role[detail] !== undefined));
  if (details.length > 0) {
    problems.push(
      `'aws:assumeRoles' has ${details.join(', ')}, which 'aws eks get-token' cannot pass on: ${inProfile}`,
    );
  }
  const arn = roles[0]?.roleArn;
  if (values.assumeRoles !== undefined && typeof arn !== 'string') {
    problems.push(
      "'aws:assumeRoles' has no roleArn: set it with: pulumi config set --path 'aws:assumeRoles[0].roleArn' arn:aws:iam::111122223333:role/deployer",
    );
  }
  const sts = objects(values.endpoints).find((endpoints) => endpoints.sts !== undefined)?.sts;
  if (roles.length > 0 && sts !== undefined) {
    // With it the CLI would sign the token for that host, and EKS takes hosts of STS alone.
    problems.push(
      `'aws:endpoints' has sts '${asText(sts)}', which 'aws eks get-token' cannot assume the role of 'aws:assumeRoles' by: make the endpoint of the region reachable, for example by a VPC endpoint with private DNS, and remove sts`,
    );
  }
  return typeof arn === 'string' ? arn : undefined;
}

function cliAccess(values: Values, problems: string[]): CliAccess {
  const env: Record<string, string> = {};
  for (const [key, variable] of Object.entries(CLI_TEXTS)) {
    const value = values[key as Key];
    if (value !== undefined) {
      env[variable] = asText(value);
    }
  }
  for (const [key, variable] of Object.entries(CLI_FILES)) {
    const files = texts(values[key as Key]);
    if (files.length > 1) {
      problems.push(
        `'aws:${key}' has '${files.join("', '")}', and the AWS CLI reads one file: put all profiles into one`,
      );
    }
    if (files[0] !== undefined) {
      env[variable] = files[0];
    }
  }
  if (values.useFipsEndpoint === true) {
    env.AWS_USE_FIPS_ENDPOINT = 'true';
  }
  const roleArn = assumedRole(values, problems);
  return {
    options: [
      // As an option, it goes before credentials in the environment; AWS_PROFILE would not.
      ...(values.profile === undefined ? [] : ['--profile', asText(values.profile)]),
      ...(values.insecure === true ? ['--no-verify-ssl'] : []),
    ],
    ...(roleArn !== undefined && { roleArn }),
    env,
  };
}

/** Reads the settings `aws:…` of the stack. An explicit provider does not take them by itself. */
export function readProviderSettings(): {
  readonly settings: ProviderSettings;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const values = readValues(problems);
  const cli = cliAccess(values, problems);
  const { defaultTags, allowedAccountIds, ...args } = values;
  const { tags = {} } = (defaultTags ?? {}) as { tags?: Record<string, unknown> };
  return {
    settings: {
      args: args as ProviderArgs,
      tags: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, asText(value)])),
      // YAML reads a number of an account as a number.
      ...(allowedAccountIds !== undefined && { allowedAccountIds: texts(allowedAccountIds) }),
      cli,
    },
    problems,
  };
}

/** What settings of the provider contradict in those of the stack. */
export function providerConflicts(
  settings: ProviderSettings,
  stack: { readonly region: string; readonly accountId?: string | undefined },
): string[] {
  const { args, allowedAccountIds, tags } = settings;
  const own = Object.keys(ownTags(''));
  const taken = own.filter((tag) => tag in tags);
  const count = own.length + Object.keys(tags).length;
  return [
    ...(args.region !== undefined && args.region !== stack.region
      ? [
          `'aws:region' is '${asText(args.region)}', and 'region' is '${stack.region}': remove one with: pulumi config rm aws:region`,
        ]
      : []),
    ...(stack.accountId !== undefined && allowedAccountIds?.includes(stack.accountId) === false
      ? [
          `'accountId' is '${stack.accountId}', which 'aws:allowedAccountIds' (${allowedAccountIds.join(', ')}) does not allow: remove one of them`,
        ]
      : []),
    ...((stack.accountId !== undefined || allowedAccountIds !== undefined) &&
    args.forbiddenAccountIds !== undefined
      ? [
          "'aws:forbiddenAccountIds' cannot be used with accounts that are allowed: remove it with: pulumi config rm aws:forbiddenAccountIds",
        ]
      : []),
    ...(taken.length > 0
      ? [
          `'aws:defaultTags' has ${taken.map((tag) => `'${tag}'`).join(', ')}, which the stack sets itself: use other keys`,
        ]
      : []),
    ...(count > TAG_LIMIT
      ? [
          `'aws:defaultTags' makes ${count} tags on each resource with those of the stack, and AWS allows ${TAG_LIMIT}: use at most ${TAG_LIMIT - own.length}`,
        ]
      : []),
  ];
}

/** Tags that say whose a resource is. */
export function ownTags(environment: string): Record<'project' | 'stack' | 'environment', string> {
  return { project: pulumi.getProject(), stack: pulumi.getStack(), environment };
}
