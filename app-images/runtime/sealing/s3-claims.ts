import type { S3Client } from '@aws-sdk/client-s3';
import type { Claim } from '@cdk8s-event-platform/contracts/interface';
import { withCode } from '@cdk8s-event-platform/contracts/internal';
import { DependencyUnavailableError } from '../errors/failure.ts';
import { type ClaimStore, isOver } from './claim-check.ts';

/** Settings of the client of S3. */
export interface S3ClientSettings {
  /** URL of a server that is not that of AWS. @default - that of AWS for the region */
  readonly endpoint?: string;
  /** @default - that of the environment */
  readonly region?: string;
  /** Whether the bucket is in the path of URLs rather than in their host. @default false */
  readonly forcePathStyle?: boolean;
  /** @default - those of the environment, e.g. of the role of a pod on EKS */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** Options of {@link s3Claims}. */
export interface S3ClaimsOptions {
  /** Name of the bucket, which is there already. */
  readonly bucket: string;
  /** What stands before names of objects. @default 'claims/' */
  readonly prefix?: string;
  /** Settings of the client. @default - those of the environment */
  readonly client?: S3ClientSettings;
}

type Sdk = typeof import('@aws-sdk/client-s3');

/** Tries of one request, those of the client among them. */
const MAX_ATTEMPTS = 3;
/** Objects that are deleted in one request. */
const DELETED_AT_ONCE = 1_000;
/** Time between two looks for what is over, in milliseconds. */
const FORGET_INTERVAL = 60 * 60_000;

async function load(): Promise<Sdk> {
  try {
    return await import('@aws-sdk/client-s3');
  } catch (error) {
    throw new Error(
      withCode(
        'EP1005',
        '@aws-sdk/client-s3 is not installed, which s3Claims needs: npm install @aws-sdk/client-s3',
      ),
      { cause: error },
    );
  }
}

/** Whether an answer says that there is no such object. */
function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound'].includes((error as Error).name);
}

/** What the store's answer, or the lack of one, means for an event: it has to wait. */
function unavailable(bucket: string, error: unknown): DependencyUnavailableError {
  const { name, message } = error as Error;
  return new DependencyUnavailableError(`bucket '${bucket}' cannot be used: ${name}: ${message}`, {
    cause: error,
  });
}

/** Deletes objects whose last day is over. Names begin with that day, so the first ones are looked at. */
async function forgetDays(sdk: Sdk, client: S3Client, bucket: string, prefix: string) {
  let forgotten = 0;
  for (let over: { Key: string }[] = [], first = true; first || over.length > 0; first = false) {
    const { Contents = [] } = await client.send(
      new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: DELETED_AT_ONCE }),
    );
    over = Contents.flatMap(({ Key }) =>
      Key !== undefined && isOver(Key.slice(prefix.length), Date.now()) ? [{ Key }] : [],
    );
    if (over.length > 0) {
      const { Errors = [] } = await client.send(
        new sdk.DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: over } }),
      );
      if (Errors.length > 0) {
        throw new Error(
          `bucket '${bucket}': ${Errors.length} values are not deleted: ${Errors[0]!.Message ?? Errors[0]!.Code ?? ''}`,
        );
      }
    }
    forgotten += over.length;
  }
  return forgotten;
}

/**
 * Keeps large values of events in a bucket of S3, or of a server that is compatible with it. Apps need the rights to get,
 * put, list and delete its objects: without the right to list, S3 does not say that an object is gone, and the delivery is held. A value is written before
 * the transaction commits: one whose transaction is rolled back stays until its time is over. Needs the package
 * `@aws-sdk/client-s3`.
 *
 * @example
 * claimCheck(DocumentScanned, 'pages', s3Claims({ bucket: 'shop-claims' }));
 */
export function s3Claims({
  bucket,
  prefix = 'claims/',
  client: config = {},
}: S3ClaimsOptions): ClaimStore {
  let opened: Promise<{ sdk: Sdk; client: S3Client }> | undefined;
  let forgotten = -Infinity;
  const open = () =>
    (opened ??= load().then((sdk) => ({
      sdk,
      client: new sdk.S3Client({ maxAttempts: MAX_ATTEMPTS, ...config }),
    })));
  const keyOf = ({ claim }: Claim): string => `${prefix}${claim}`;
  return {
    put: async (_tx, claim, content) => {
      const { sdk, client } = await open();
      const command = new sdk.PutObjectCommand({
        ...{ Bucket: bucket, Key: keyOf(claim), Body: content },
        ContentType: 'application/json',
      });
      await client.send(command).catch((error: unknown) => {
        throw unavailable(bucket, error);
      });
    },
    get: async (_tx, claim) => {
      const { sdk, client } = await open();
      try {
        const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: keyOf(claim) });
        const { Body, ContentLength = claim.bytes } = await client.send(command);
        // More than was written is somebody else's: its hash would be another, too.
        const isLarger = ContentLength > claim.bytes;
        const bytes = isLarger ? undefined : await Body?.transformToByteArray();
        return Buffer.from(bytes ?? []);
      } catch (error) {
        if (isMissing(error)) {
          return undefined;
        }
        throw unavailable(bucket, error);
      }
    },
    forget: async () => {
      if (performance.now() - forgotten < FORGET_INTERVAL) {
        return 0;
      }
      forgotten = performance.now();
      const { sdk, client } = await open();
      return forgetDays(sdk, client, bucket, prefix);
    },
  };
}
