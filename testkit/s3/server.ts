import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { freePorts, listensOn, ManagedProcess } from '../process.ts';
import { ensureTools } from '../tools/index.ts';

/** A server of S3 on loopback, with one bucket. */
export interface S3Server {
  readonly process: ManagedProcess;
  readonly bucket: string;
  /** Variables by which the clients of AWS find it. */
  readonly env: Readonly<Record<string, string>>;
}

const REGION = 'us-east-1';

/** Starts a server of S3 that keeps its objects in a folder. */
export async function startS3(folder: string, bucket: string): Promise<S3Server> {
  const { versitygw } = ensureTools(['versitygw']);
  const [port] = (await freePorts(1)) as [number];
  const objects = join(folder, 'objects');
  mkdirSync(objects, { recursive: true });
  const credentials = {
    accessKeyId: 'claims',
    secretAccessKey: randomBytes(16).toString('hex'),
  };
  const endpoint = `http://127.0.0.1:${port}`;
  const server = new ManagedProcess({
    name: 's3',
    command: join(versitygw, 'versitygw'),
    args: ['--port', `127.0.0.1:${port}`, '--region', REGION, 'posix', '--nometa', objects],
    env: { ROOT_ACCESS_KEY: credentials.accessKeyId, ROOT_SECRET_KEY: credentials.secretAccessKey },
    log: join(folder, 's3.log'),
    ready: () => listensOn(port),
  });
  await server.start();
  const client = new S3Client({ endpoint, region: REGION, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return {
    ...{ process: server, bucket },
    env: {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  };
}
