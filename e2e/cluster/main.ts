/** `npm run e2e:cluster`: the rendered local platform in a real Kubernetes. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { command } from '../../cli/command.ts';
import { stopAll } from '../../testkit/process.ts';
import { PULUMI_PARTS } from '../../testkit/pulumi/stack.ts';
import { VERSIONS } from '../../constructs/core/versions.ts';
import { ENVIRONMENT_NAMES, type EnvironmentName } from './environments.ts';
import { hasKind } from '../../testkit/kubernetes/kind-cluster.ts';
import { runScenario } from './scenario.ts';
import { Steps } from './steps.ts';

const HELP = `npm run e2e:cluster [-- OPTIONS]

Makes a Kubernetes of one node, installs Dapr and KEDA, applies dist/tasks/local by the commands of
docs/deploying-with-kubectl.md, and sends tasks through it: with pods that are deleted, servers that are
restarted, and a consumer that KEDA scales from no pod to as many as there are partitions, and back. Then
the same with production, in a cluster of its own: three brokers and three controllers, TLS, accounts, and
a database outside of it. Nothing may be lost or doubled. At the end of local, the stack 'local' is
deployed by Pulumi's engine and Kubernetes provider in place of what kubectl has applied, updated,
interrupted and destroyed.

With Docker and kind on this machine the cluster is kind's. Else it is made of Kubernetes' own programs
in namespaces of this machine, which takes root, and the Debian packages containerd runc
containernetworking-plugins nftables etcd-server. Images take buildah and mmdebstrap. What is needed is
built once into a cache (about 30 minutes on two cores).

  --tasks N    tasks that are posted first (default 3000)
  --lag N      tasks that pile up while a consumer has no pod (default 5000)
  --environment NAME
               ${ENVIRONMENT_NAMES.join(' or ')} alone (default both)
  --node       does not use kind, though it is there
  --keep-open  waits for Ctrl-C before the cluster is ended, and says how to reach it; leaves out Pulumi
  --help       this text`;

const started = performance.now();

function progress(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(5);
  console.log(`${seconds} s  ${text}`);
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new Error(`--${name} '${text}' is not a count: use a whole number of 1 or more`);
  }
  return value;
}

function environments(name: string | undefined): readonly EnvironmentName[] {
  const known = ENVIRONMENT_NAMES.filter((one) => name === undefined || one === name);
  if (known.length === 0) {
    throw new Error(`no environment '${name}' in clusters: use ${ENVIRONMENT_NAMES.join(' or ')}`);
  }
  return known;
}

await command('e2e:cluster', async () => {
  const { values } = parseArgs({
    options: {
      tasks: { type: 'string', default: '3000' },
      lag: { type: 'string', default: '5000' },
      environment: { type: 'string' },
      node: { type: 'boolean', default: false },
      'keep-open': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const options = {
    tasks: count('tasks', values.tasks),
    lag: count('lag', values.lag),
    environments: environments(values.environment),
    kind: !values.node && hasKind(),
    keepOpen: values['keep-open'],
  };
  console.log(
    [
      `Kubernetes ${VERSIONS.kubernetes}, Dapr ${VERSIONS.dapr}, KEDA ${VERSIONS.keda}, Kafka ${VERSIONS.kafka}`,
      `PostgreSQL ${VERSIONS.postgres}, kube-state-metrics ${VERSIONS.kubeStateMetrics}; stand-ins for kafka_exporter and Kafbat UI`,
      `${PULUMI_PARTS.engine}, ${PULUMI_PARTS.kubernetes}`,
      `stand-ins for ${PULUMI_PARTS.standIns}`,
    ].join('\n'),
  );
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-cluster-'));
  chmodSync(folder, 0o755);
  const discard = () =>
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  process.once('exit', discard);
  const steps = new Steps(progress);
  try {
    await runScenario(steps, options, folder);
  } finally {
    await stopAll();
    discard();
  }
  console.log(`\n${steps.table}\n`);
  steps.failures.forEach((failure) => console.error(`FAILED  ${failure}`));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const { length } = steps.failures;
  console.log(
    `e2e:cluster: ${length === 0 ? 'all as expected' : `${length} failures`}, ${seconds} s`,
  );
  process.exitCode = length === 0 ? 0 : 1;
});
