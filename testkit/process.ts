import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a process is started, and how to tell that it is ready. */
export interface ProcessSpec {
  /** Shown in messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Runs as this user. @default - the user of the runner */
  readonly uid?: number;
  readonly cwd?: string;
  /** File that takes its output. */
  readonly log: string;
  /** Called until it returns true. @default - ready at once */
  readonly ready?: () => Promise<boolean>;
  /** Seconds to become ready. @default 60 */
  readonly deadline?: number;
  /** Starts it again when it ends by itself, as a kubelet does. @default false */
  readonly restart?: boolean;
}

const running = new Set<ManagedProcess>();

/** A process of the run. Only what the run has started is ever stopped. */
export class ManagedProcess {
  #child: ChildProcess | undefined;
  #stopping = false;

  public constructor(public readonly spec: ProcessSpec) {}

  /** Process id while it runs. */
  public get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Whether it has been started and has not ended. */
  public get alive(): boolean {
    return (
      this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
    );
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @throws Error with the end of its log when it ends or does not become ready.
   */
  public async start(): Promise<this> {
    const { spec } = this;
    let failure: Error | undefined;
    this.#stopping = false;
    this.#spawn().once('error', (error) => (failure = error));
    const { deadline = 60, ready = () => Promise.resolve(true) } = spec;
    const end = performance.now() + deadline * 1000;
    while (!(await ready())) {
      if (failure !== undefined || !this.alive || performance.now() > end) {
        const reason =
          failure?.message ?? (this.alive ? `not ready after ${deadline} s` : this.#exit());
        await this.stop('SIGKILL');
        throw new Error(`${spec.name}: ${reason}; the end of ${spec.log}:\n${this.logEnd(30)}`);
      }
      await sleep(100);
    }
    return this;
  }

  #exit(): string {
    return `ended with ${this.#child?.exitCode ?? this.#child?.signalCode ?? 'an error'}`;
  }

  #spawn(): ChildProcess {
    const { spec } = this;
    mkdirSync(dirname(spec.log), { recursive: true });
    const log = openSync(spec.log, 'a');
    // A group of its own: an interrupt at the terminal reaches the runner, which stops things in order.
    const child = spawn(spec.command, spec.args, {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...spec.env },
      cwd: spec.cwd,
      uid: spec.uid,
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    this.#child = child;
    running.add(this);
    child.once('exit', () => {
      if (spec.restart === true && !this.#stopping) {
        // It counts as running meanwhile, so that stopping everything stops it, too.
        setTimeout(() => this.#stopping || this.#spawn(), 1_000).unref();
      } else {
        running.delete(this);
      }
    });
    return child;
  }

  /** Waits until it has ended. Returns its exit code, or the signal that has ended it. */
  public async ended(): Promise<number | NodeJS.Signals> {
    while (this.alive) {
      await sleep(20);
    }
    return this.#child?.exitCode ?? this.#child?.signalCode ?? 0;
  }

  /** Sends a signal to it and what it has started. */
  public signal(signal: NodeJS.Signals): void {
    if (this.pid !== undefined && this.alive) {
      try {
        process.kill(-this.pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
          throw error;
        }
      }
    }
  }

  /** Stops it, with SIGKILL when it has not ended after `grace` seconds. */
  public async stop(signal: NodeJS.Signals = 'SIGTERM', grace = 30): Promise<void> {
    this.#stopping = true;
    this.signal('SIGCONT');
    this.signal(signal);
    const end = performance.now() + grace * 1000;
    while (this.alive) {
      if (performance.now() > end) {
        this.signal('SIGKILL');
      }
      await sleep(20);
    }
    running.delete(this);
  }

  /** Its last lines of output. */
  public logEnd(lines: number): string {
    return readFileSync(this.spec.log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }
}

/** Stops everything that the run has started, the last first. */
export async function stopAll(): Promise<void> {
  for (const managed of [...running].reverse()) {
    await managed.stop('SIGTERM', 10);
  }
}

// Whatever ends the runner, nothing of it is left behind.
process.on('exit', () => running.forEach((managed) => managed.signal('SIGKILL')));
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Stopping is under way: a second signal changes nothing.
    if (!interrupted) {
      interrupted = true;
      void stopAll().finally(() => process.exit(130));
    }
  });
}

/** Free loopback ports, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Whether something listens on a loopback port. */
export function listensOn(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Whether a URL answers with a status of 200 to 299. */
export async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
