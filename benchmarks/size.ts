import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildImage, imageNames } from '../app-images/build.ts';
import { RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import { freePorts, listensOn } from '../testkit/process.ts';
import { bundleProgram } from './bundle.ts';
import { median } from './statistics.ts';

/** Size and start of one program. */
export interface SizeResult {
  readonly program: string;
  readonly kilobytes: number;
  /** Milliseconds from the spawn to the open port, less those of `node -e 0`; undefined for sizes alone. */
  readonly listening?: readonly number[];
}

const STARTS = 15;
/** Images without handlers of events. */
const NOT_CONSUMERS: ReadonlySet<string> = new Set(['dead-letter-processor', 'tasks/producer']);

function kilobytes(path: string): number {
  return statSync(path).size / 1024;
}

/** Milliseconds that a bare Node takes from its start to its end. */
async function bareStart(): Promise<number> {
  const started = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - started;
}

/** Milliseconds from the start of a program until its port takes connections. */
async function startToListening(path: string, folder: string): Promise<number> {
  const [port, metricsPort, daprPort] = (await freePorts(3)) as [number, number, number];
  const started = performance.now();
  const child = spawn(process.execPath, [path], {
    stdio: 'ignore',
    env: {
      NODE_ENV: 'production',
      PATH: process.env.PATH,
      [RUNTIME_ENV.appPort]: String(port),
      [RUNTIME_ENV.metricsPort]: String(metricsPort),
      [RUNTIME_ENV.daprHttpPort]: String(daprPort),
      TOPIC: 'bench-size',
      DEAD_LETTER_TOPIC: 'bench-size-dead',
      // No database: to listen takes none.
      PGHOST: '127.0.0.1',
      PGPORT: '1',
      TMPDIR: mkdtempSync(join(folder, 'tmp-')),
    },
  });
  try {
    while (!(await listensOn(port))) {
      if (child.exitCode !== null) {
        throw new Error(`${path} ended with ${child.exitCode} before it listened`);
      }
      await sleep(1);
    }
    return performance.now() - started;
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

/** Sizes of the images' bundles, and starts of a consumer and of DaprServer, in turn. */
export async function measureSize(
  folder: string,
  progress: (text: string) => void,
): Promise<SizeResult[]> {
  const images: SizeResult[] = [];
  for (const name of imageNames().filter((image) => !NOT_CONSUMERS.has(image))) {
    images.push({ program: `image ${name}`, kilobytes: kilobytes(await buildImage(name)) });
  }
  const programs = [
    { program: 'consumer of this runtime', path: await bundleProgram('runtime-bulk', folder) },
    { program: 'consumer on DaprServer', path: await bundleProgram('daprserver-single', folder) },
  ].map((entry) => ({ ...entry, times: [] as number[] }));
  const bare: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    bare.push(await bareStart());
    for (const { path, times } of programs) {
      times.push(await startToListening(path, folder));
    }
  }
  progress(`bare node: ${median(bare).toFixed(0)} ms, median of ${STARTS}`);
  const less = median(bare);
  return [
    ...images,
    ...programs.map(({ program, path, times }) => ({
      program,
      kilobytes: kilobytes(path),
      listening: times.map((time) => time - less),
    })),
  ];
}
