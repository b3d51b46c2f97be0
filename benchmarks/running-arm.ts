import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import { freePorts, listensOn, ManagedProcess } from '../testkit/process.ts';
import { type BenchDatabase, benchDatabase } from './database.ts';
import type { Environment } from './environment.ts';
import { DEAD_LETTER_TOPIC } from './names.ts';
import { startSidecar } from './sidecar.ts';

/** A consumer or producer to start on a database of its own. */
export interface ConsumerOptions {
  readonly program: string;
  /** Names the process, its sidecar and its consumer group. */
  readonly appId: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Manifest of the program. @default - that of consumers */
  readonly manifest?: AppManifest;
}

/** A process and its database, without a sidecar. */
export interface RunningConsumer {
  readonly process: ManagedProcess;
  readonly port: number;
  readonly metricsPort: number;
  /** Where its sidecar is to listen. */
  readonly daprPort: number;
  readonly database: BenchDatabase;
}

/** Starts a program on a fresh database. */
export async function startConsumer(
  environment: Environment,
  options: ConsumerOptions,
): Promise<RunningConsumer> {
  const { folder, postgres } = environment;
  const database = await benchDatabase(postgres, options.manifest);
  const [port, metricsPort, daprPort] = (await freePorts(3)) as [number, number, number];
  const consumer = new ManagedProcess({
    name: options.appId,
    command: process.execPath,
    args: [environment.program(options.program)],
    env: {
      NODE_ENV: 'production',
      ...database.env,
      [RUNTIME_ENV.appPort]: String(port),
      [RUNTIME_ENV.metricsPort]: String(metricsPort),
      [RUNTIME_ENV.daprHttpPort]: String(daprPort),
      DEAD_LETTER_TOPIC,
      TMPDIR: mkdtempSync(join(folder, 'tmp-')),
      ...options.env,
    },
    log: join(folder, 'logs', `${options.appId}.log`),
    ready: () => listensOn(port),
  });
  try {
    await consumer.start();
  } catch (error) {
    await database.drop();
    throw error;
  }
  return { process: consumer, port, metricsPort, daprPort, database };
}

/** How a consumer gets its events. */
export interface ArmOptions extends ConsumerOptions {
  readonly topic: string;
  readonly bulk: boolean;
  readonly subscribesItself: boolean;
  readonly tryForever?: boolean;
}

/** A consumer with its sidecar. */
export interface RunningArm extends RunningConsumer {
  readonly sidecar: ManagedProcess;
  /** Ends both at once, and drops the database. */
  stop(): Promise<void>;
}

/** Starts a consumer and its sidecar, which reads the topic from the beginning. */
export async function startArm(environment: Environment, options: ArmOptions): Promise<RunningArm> {
  const { topic, bulk, appId } = options;
  const running = await startConsumer(environment, {
    ...options,
    env: { ...options.env, TOPIC: topic },
  });
  const sidecar = await startSidecar({
    dapr: environment.dapr,
    bootstrapServers: environment.bootstrapServers,
    appId,
    appPort: running.port,
    httpPort: running.daprPort,
    folder: environment.folder,
    bulk,
    tryForever: options.tryForever ?? false,
    ...(!options.subscribesItself && { topic }),
  });
  return {
    ...running,
    sidecar,
    stop: async () => {
      await sidecar.stop('SIGKILL');
      await running.process.stop('SIGKILL');
      await running.database.drop();
    },
  };
}
