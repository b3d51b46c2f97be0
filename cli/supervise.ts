import { spawn } from 'node:child_process';

/** Says that a process is run by {@link supervise}. */
const SUPERVISED = 'EVENT_PLATFORM_SUPERVISED';

/** Exit code of a process that asks for being started again. */
export const START_AGAIN = 75;

/** Whether this process is run by {@link supervise}. */
export function isSupervised(): boolean {
  return process.env[SUPERVISED] !== undefined;
}

function runOnce(): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
      env: { ...process.env, [SUPERVISED]: '1' },
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      // A terminal interrupts all processes of its group: servers would end before what uses them.
      detached: process.platform !== 'win32',
    });
    const forward = (signal: NodeJS.Signals) => void child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    signals.forEach((signal) => process.on(signal, forward));
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      signals.forEach((each) => process.off(each, forward));
      resolve(code ?? (signal === null ? 0 : 1));
    });
  });
}

/**
 * Runs this command again as a process of its own, and once more each time that it asks for it: what it has imported is
 * read again then.
 *
 * @returns its exit code.
 */
export async function supervise(): Promise<number> {
  for (;;) {
    const code = await runOnce();
    if (code !== START_AGAIN) {
      return code;
    }
  }
}

/** Waits for a signal that ends a supervised process, or for the end of its supervisor. A second signal ends it at once. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve();
      });
    }
    process.once('disconnect', resolve);
    process.channel?.unref();
  });
}
