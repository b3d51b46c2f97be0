import {
  type LocalPlatform,
  runPlatform,
  type RunPlatformOptions,
  watchChart,
} from '@cdk8s-event-platform/dev';
import { type EventPlatform, renderObjects } from 'cdk8s-event-platform';
import type { Print } from './dev-output.ts';
import { makeSecret } from './make-secret.ts';
import { interrupted, START_AGAIN } from './supervise.ts';

/** What {@link runDev} needs. */
export interface RunDevOptions extends Omit<RunPlatformOptions, 'secret' | 'log'> {
  /** The program that declares the platform. */
  readonly program: string;
  /** Declares the platform again, from its sources as they are now. */
  readonly declare: () => Promise<EventPlatform>;
  readonly print: Print;
}

/** Value of what only the team knows, such as the password of somebody else's server. */
const UNKNOWN = 'dev';

/** Secrets of a platform with new values. */
function secretsOf({ secrets, environment }: EventPlatform): RunPlatformOptions['secret'] {
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

/** What a platform renders, to be compared. */
function rendered(platform: EventPlatform): string {
  return JSON.stringify(renderObjects(platform).map(({ manifest }) => manifest));
}

/** Resolves when the sources of a chart declare another platform than the one that runs. */
async function chartChanged(
  { program, platform, declare }: RunDevOptions,
  running: LocalPlatform,
  print: Print,
): Promise<void> {
  const before = rendered(platform);
  await new Promise<void>((resolve) => {
    const changed = () => {
      declare().then(
        (now) => {
          running.chartProblem(undefined);
          if (rendered(now) !== before) {
            resolve();
          }
        },
        (error: unknown) => {
          const { message } = error as Error;
          running.chartProblem(message);
          message.split('\n').forEach((line) => print('platform', line));
          print('platform', 'the platform stays as it is');
        },
      );
    };
    void watchChart({ program, changed });
  });
}

/**
 * Runs a platform until the process is interrupted, and says how long the start took.
 *
 * @returns the exit code: that which asks for another start where the chart has changed.
 */
export async function runDev(options: RunDevOptions): Promise<number> {
  const began = performance.now();
  let ends = false;
  const print: Print = (from, line) => {
    // What apps say while everything ends is of no use.
    if (!ends || from === 'platform') {
      options.print(from, line);
    }
  };
  const ending = interrupted().then(() => 'interrupted' as const);
  const running: LocalPlatform = await runPlatform({
    ...options,
    secret: secretsOf(options.platform),
    log: print,
  });
  for (const [appId, port] of running.ports) {
    print(appId, `http://127.0.0.1:${port}`);
  }
  print('page', `http://localhost:${running.pagePort}`);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  print('platform', `runs after ${seconds} s; Ctrl+C ends it`);
  const why = await Promise.race([
    ending,
    chartChanged(options, running, print).then(() => 'changed' as const),
  ]);
  print('platform', why === 'changed' ? 'the chart has changed: it starts again' : 'ends …');
  ends = true;
  await running.stop();
  return why === 'changed' ? START_AGAIN : 0;
}
