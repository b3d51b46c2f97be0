import {
  type LocalPlatform,
  runPlatform,
  type RunPlatformOptions,
} from '@cdk8s-event-platform/dev';
import { makeSecret } from './make-secret.ts';

/** What {@link runDev} needs. */
export type RunDevOptions = Omit<RunPlatformOptions, 'secret' | 'log'>;

/** Value of what only the team knows, such as the password of somebody else's server. */
const UNKNOWN = 'dev';

/** Secrets of a platform with new values. */
function secretsOf({
  secrets,
  environment,
}: RunDevOptions['platform']): RunPlatformOptions['secret'] {
  const values = new Map(
    secrets.map((reference) => {
      const external = Object.entries(reference.keys).flatMap(([key, { kind }]) =>
        kind === 'external' ? [[`${reference.name}.${key}`, UNKNOWN] as const] : [],
      );
      const given = Object.fromEntries(external);
      return [reference.name, makeSecret(reference, environment.namespace, given).stringData];
    }),
  );
  return (name, key) => values.get(name)?.[key] ?? UNKNOWN;
}

/** Waits for a signal that ends the process. A second one ends it at once. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve();
      });
    }
  });
}

function print(from: string, line: string): void {
  console.log(`${from.padEnd(24)} ${line}`);
}

/** Runs a platform until the process is interrupted, and says how long the start took. */
export async function runDev(options: RunDevOptions): Promise<void> {
  const began = performance.now();
  let ends = false;
  const ending = interrupted().then(() => (ends = true));
  const running: LocalPlatform = await runPlatform({
    ...options,
    secret: secretsOf(options.platform),
    // What apps say while everything ends is of no use.
    log: (from, line) => ends || print(from, line),
  });
  for (const [appId, port] of running.ports) {
    print(appId, `http://127.0.0.1:${port}`);
  }
  print(
    'platform',
    `runs after ${((performance.now() - began) / 1000).toFixed(1)} s; Ctrl+C ends it`,
  );
  await ending;
  print('platform', 'ends …');
  await running.stop();
}
