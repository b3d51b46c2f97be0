import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { answers, freePorts, ManagedProcess } from '../process.ts';

/** A scheduler of Dapr that runs on this machine. */
export interface RunningScheduler {
  /** Its process, which keeps its jobs on disk. */
  readonly process: ManagedProcess;
  /** Where sidecars reach it: their flag `--scheduler-host-address`. */
  readonly address: string;
}

/**
 * Starts Dapr's scheduler, with the etcd that is part of it, on loopback.
 *
 * @param controlPlane folder of the programs of Dapr's control plane.
 * @param folder that keeps its jobs.
 * @param logs folder of logs.
 */
export async function startScheduler(
  controlPlane: string,
  folder: string,
  logs: string,
): Promise<RunningScheduler> {
  const [port, health, peers, clients, metrics] = (await freePorts(5)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  mkdirSync(folder, { recursive: true });
  const address = `127.0.0.1:${port}`;
  const process = new ManagedProcess({
    name: 'scheduler of Dapr',
    command: join(controlPlane, 'scheduler'),
    args: [
      ...['--mode=standalone', `--port=${port}`, '--listen-address=127.0.0.1'],
      // What it tells sidecars of itself is otherwise the address of the machine.
      `--override-broadcast-host-port=${address}`,
      ...[`--healthz-port=${health}`, '--healthz-listen-address=127.0.0.1'],
      `--etcd-initial-cluster=dapr-scheduler-server-0=http://127.0.0.1:${peers}`,
      ...[`--etcd-client-port=${clients}`, '--etcd-client-listen-address=127.0.0.1'],
      ...[`--etcd-data-dir=${folder}`, `--metrics-port=${metrics}`],
    ],
    log: join(logs, 'scheduler.log'),
    ready: () => answers(`http://127.0.0.1:${health}/healthz`),
  });
  await process.start();
  return { process, address };
}
