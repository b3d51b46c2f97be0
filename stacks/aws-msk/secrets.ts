import { Secret } from '@pulumi/aws/secretsmanager/secret.js';
import { SecretVersion } from '@pulumi/aws/secretsmanager/secretVersion.js';
import * as pulumi from '@pulumi/pulumi';
import { withCode } from '@cdk8s-event-platform/contracts/internal';
import type { SecretReference } from '../../constructs/security/secret-reference.ts';
import { fillText, type PlaceholderValues } from '../kubernetes/placeholders.ts';
import { type GivenValues, missingValues, secretValues } from '../kubernetes/secret-values.ts';
import { requireSize } from './aws-limits.ts';
import type { AwsSize } from './sizes.ts';

/** What {@link PlatformSecrets} is made from. */
export interface PlatformSecretsArgs {
  readonly size: AwsSize;
  /** The secrets that manifests refer to. */
  readonly references: readonly SecretReference[];
  /** Values by `<secret>.<key>` that come from elsewhere, such as the password of the database. */
  readonly values: GivenValues;
  /** What stands for placeholders in templates, such as the host of the database. @default - nothing does */
  readonly placeholders?: PlaceholderValues;
  /** ARN of the key that encrypts them. */
  readonly keyArn: pulumi.Input<string>;
  /** What names of generated passwords start with. @default - names are `<secret>/<key>` */
  readonly passwordPrefix?: string;
}

/** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const VALUE_LIMIT = 65_536;

/**
 * The value of a secret, which is known only when AWS has made what it names.
 *
 * @throws RunError when Secrets Manager does not take it.
 */
export function requireSecretValue(name: string, value: string): string {
  requireSize(Buffer.byteLength(value), {
    what: `the value of secret '${name}'`,
    limit: VALUE_LIMIT,
    unit: 'bytes',
    remedy: 'divide its keys among several secrets',
  });
  return value;
}

/** Mistakes in the values that are given. */
function valueProblems({ references, values }: PlatformSecretsArgs): string[] {
  const known = references.flatMap(({ name, keys }) =>
    Object.keys(keys).map((key) => `${name}.${key}`),
  );
  return [
    ...references
      .flatMap((reference) => missingValues(reference, values))
      .map((missing) => `${missing} is not given: add it to the values`),
    ...Object.keys(values)
      .filter((path) => !known.includes(path))
      .map((path) => `'${path}' is given, and no manifest refers to it: remove it`),
  ];
}

/**
 * Secrets in AWS Secrets Manager, each a JSON object with the keys that a Secret of Kubernetes has to
 * have. What nobody else knows is generated here, once, and kept in the state of Pulumi.
 */
export class PlatformSecrets extends pulumi.ComponentResource {
  /** Secrets by the name that manifests use. */
  public readonly secrets: ReadonlyMap<string, Secret>;
  /** ARNs of all secrets. */
  public readonly arns: pulumi.Output<string[]>;
  readonly #name: string;

  public constructor(
    name: string,
    args: PlatformSecretsArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super('event-platform:aws:PlatformSecrets', name, {}, options);
    this.#name = name;
    const problems = valueProblems(args);
    if (problems.length > 0) {
      throw new pulumi.RunError(
        withCode('EP7002', `secrets cannot be made:\n- ${problems.join('\n- ')}`),
      );
    }
    this.secrets = new Map(
      args.references.map((reference) => [
        reference.name,
        this.#store(`${name}-${reference.name}`, reference, args),
      ]),
    );
    this.arns = pulumi.all([...this.secrets.values()].map(({ arn }) => arn));
    this.registerOutputs({ arns: this.arns });
  }

  /** ARNs that are as long as those of the secrets can be, for sizes of policies before there are any. */
  public longestArns(region: string): string[] {
    // Pulumi adds eight characters to a name, and AWS seven.
    return [...this.secrets.keys()].map(
      (name) =>
        `arn:aws:secretsmanager:${region}:${'0'.repeat(12)}:secret:${this.#name}-${name}-1234567-AbCdEf`,
    );
  }

  #store(name: string, reference: SecretReference, args: PlatformSecretsArgs): Secret {
    // Pulumi adds characters to the name: a deleted secret keeps its own until it is gone for good.
    const secret = new Secret(
      name,
      {
        description: `Secret '${reference.name}' of the platform`,
        kmsKeyId: args.keyArn,
        recoveryWindowInDays: args.size.recovery.toDays(),
      },
      { parent: this, protect: args.size.protectData },
    );
    const values = secretValues(reference, args.values, {
      parent: this,
      protect: args.size.protectData,
      ...(args.passwordPrefix !== undefined && { prefix: args.passwordPrefix }),
    });
    new SecretVersion(
      name,
      {
        secretId: secret.id,
        secretString: pulumi
          .jsonStringify(values)
          .apply((json) => pulumi.output(fillText(json, args.placeholders ?? new Map())))
          .apply((text) => requireSecretValue(reference.name, text)),
      },
      { parent: this },
    );
    return secret;
  }
}

/** An object for the Kubernetes API, with what only AWS knows as Outputs. */
export interface SecretManifest {
  readonly apiVersion: 'external-secrets.io/v1';
  readonly kind: 'ExternalSecret' | 'SecretStore';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

const STORE = 'aws-secrets-manager';

/**
 * Where External Secrets reads from. It uses the operator's own pod identity: logging in as a
 * ServiceAccount of the namespace would need an OIDC provider and its token, since EKS Pod Identity
 * cannot be used on behalf of others. What the operator may read is limited by its role, and who may
 * refer to the store by its namespace.
 */
export function secretStore(namespace: string, region: string): SecretManifest {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: { name: STORE, namespace },
    spec: { provider: { aws: { service: 'SecretsManager', region } } },
  };
}

/** Makes a Secret of Kubernetes from all keys of one in Secrets Manager, and follows its changes. */
export function externalSecret(
  name: string,
  namespace: string,
  secret: pulumi.Input<string>,
): SecretManifest {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name, namespace },
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { kind: 'SecretStore', name: STORE },
      target: { name, creationPolicy: 'Owner' },
      dataFrom: [{ extract: { key: secret } }],
    },
  };
}
