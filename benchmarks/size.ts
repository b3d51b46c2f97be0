import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildImage, imageNames } from '../app-images/build.ts';
import { NOTIFICATION_ENV, RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import { freePorts, listensOn } from '../testkit/process.ts';
import { bundleProgram } from './bundle.ts';
import { median } from './statistics.ts';

/** Size and start of one program. */
export interface SizeResult {
  readonly program: string;
  readonly kilobytes: number;
  /** Milliseconds from the spawn to the open port, less those of a bare `node:http` server. */
  readonly listening: readonly number[];
}

const STARTS = 15;
/** The server that starts are compared with. */
const BARE_SERVER = `import { createServer } from 'node:http';
createServer((_, response) => response.end()).listen(Number(process.env.${RUNTIME_ENV.appPort}));
`;

function kilobytes(path: string): number {
  return statSync(path).size / 1024;
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
      [RUNTIME_ENV.pubSubName]: 'pubsub',
      [NOTIFICATION_ENV.webhookUrl]: 'http://127.0.0.1:1',
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

/** Sizes of the images' bundles, and starts of images, of DaprServer and of a bare server, in turn. */
export async function measureSize(
  folder: string,
  progress: (text: string) => void,
): Promise<SizeResult[]> {
  const images = await Promise.all(
    imageNames().map(async (name) => ({ program: `image ${name}`, path: await buildImage(name) })),
  );
  const bareServer = join(folder, 'bare-server.mjs');
  writeFileSync(bareServer, BARE_SERVER);
  const bare: number[] = [];
  const programs = [
    ...images,
    { program: 'consumer on DaprServer', path: await bundleProgram('daprserver-single', folder) },
  ].map((entry) => ({ ...entry, times: [] as number[] }));
  for (let start = 0; start < STARTS; start++) {
    bare.push(await startToListening(bareServer, folder));
    for (const { path, times } of programs) {
      times.push(await startToListening(path, folder));
    }
  }
  progress(`bare server: ${median(bare).toFixed(0)} ms, median of ${STARTS}`);
  const base = median(bare);
  return programs.map(({ program, path, times }) => ({
    program,
    kilobytes: kilobytes(path),
    listening: times.map((time) => time - base),
  }));
}
