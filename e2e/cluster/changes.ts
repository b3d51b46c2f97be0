import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { JsonPatch } from 'cdk8s';
import { dump } from 'js-yaml';
import { localPlatform, type LocalPlatformOptions } from '../../charts/tasks/local-platform.ts';
import {
  DeadLetterProcessor,
  DaprPubSub,
  defineApp,
  type EventPlatform,
  GrafanaDashboards,
  IdempotentConsumer,
  PostgresDatabase,
  renderPlatform,
} from '../../constructs/index.ts';
import { manifest as analytics } from '../../app-images/tasks/analytics-aggregator/manifest.ts';
import { type KubernetesObject, Manifests } from '../../scripts/manifests.ts';
import { makeSecret } from '../../cli/make-secret.ts';
import type { DeployedPlatform } from './deployed-platform.ts';
import { isEnding } from '../../testkit/kubernetes/cluster-api.ts';
import { until } from '../../testkit/until.ts';

/** Seconds for pods to be replaced. */
const DEADLINE = 240;
/** Tasks of each change. */
const TASKS = 300;

/** A change of the declaration, and the files that it renders. */
interface Change {
  readonly options?: LocalPlatformOptions;
  /** Changes what has been declared. @default - nothing */
  readonly change?: (platform: EventPlatform) => void;
}

/** Renders the local platform with a change into a folder, together with the Secrets that the change needs. */
export function render(folder: string, { options = {}, change }: Change): string {
  const platform = localPlatform(options);
  const known = new Set(platform.secrets.map(({ name }) => name));
  change?.(platform);
  mkdirSync(folder, { recursive: true });
  const secrets = platform.secrets
    .filter(({ name }) => !known.has(name))
    .map((reference) => dump(makeSecret(reference, platform.environment.namespace)));
  if (secrets.length > 0) {
    writeFileSync(join(folder, '00-secrets.yaml'), secrets.join('---\n'));
  }
  for (const { layer, yaml } of renderPlatform(platform)) {
    writeFileSync(join(folder, `${layer}.yaml`), yaml);
  }
  return folder;
}

/** The one construct of a class. */
function only<T>(platform: EventPlatform, type: abstract new (...args: never[]) => T): T {
  const [found] = platform.node.findAll().filter((construct) => construct instanceof type);
  return found as T;
}

/** Ids of the pods of every app, by app. */
async function podsOfApps(platform: DeployedPlatform): Promise<Map<string, string>> {
  const pods = await platform.kubectl.api.pods(
    platform.namespace,
    'app.kubernetes.io/component in (producer,consumer,dead-letters)',
  );
  return new Map(
    pods
      .filter((pod) => !isEnding(pod))
      .map(({ metadata }) => [metadata.uid, metadata.labels!['app.kubernetes.io/name']!]),
  );
}

/**
 * Applies files over what runs, and waits. Returns the apps whose pods were replaced; one that has no pod
 * starts with what is there then.
 */
export async function apply(platform: DeployedPlatform, folder: string): Promise<string[]> {
  const before = await podsOfApps(platform);
  await platform.kubectl.run(['apply', '-f', folder]);
  await platform.recovered(DEADLINE);
  const after = await podsOfApps(platform);
  return [...new Set([...before].flatMap(([uid, app]) => (after.has(uid) ? [] : [app])))].sort();
}

export function expectReplaced(replaced: readonly string[], expected: readonly string[]): void {
  if (replaced.join() !== expected.join()) {
    throw new Error(
      `pods of ${replaced.join(', ') || 'no app'} were replaced, not of ${expected.join(', ')}`,
    );
  }
}

/** Keeps every consumer at one pod: a consumer without a pod would not show which pods a change replaces. */
export async function keepPods(platform: DeployedPlatform, keep: boolean): Promise<void> {
  await platform.kubectl.run([
    ...['annotate', '--overwrite', '--namespace', platform.namespace, 'scaledobject', '--all'],
    `autoscaling.keda.sh/paused-replicas${keep ? '=1' : '-'}`,
  ]);
  if (keep) {
    await platform.recovered(DEADLINE);
    await platform.sidecars(DEADLINE);
  }
}

/** The right to publish is withdrawn: nothing is published any more, and nothing lost when it is given again. */
async function withdraw(platform: DeployedPlatform, folder: string): Promise<string> {
  const changed = render(folder, {
    change: (declared) => {
      const { component } = only(declared, DaprPubSub);
      const { spec } = component.toJson() as { spec: { metadata: { name: string }[] } };
      const index = spec.metadata.findIndex(({ name }) => name === 'publishingScopes');
      const { value } = spec.metadata[index] as unknown as { value: string };
      component.addJsonPatch(
        JsonPatch.replace(
          `/spec/metadata/${index}/value`,
          value.replace(/(?<=(^|;)producer=)[^;]*/, ''),
        ),
      );
    },
  });
  expectReplaced(await apply(platform, changed), ['producer']);
  await platform.post(TASKS);
  await sleep(5_000);
  const [waiting] = await platform.query('SELECT count(*) FROM outbox');
  if (Number(waiting![0]) !== TASKS) {
    throw new Error(
      `${waiting![0]} of ${TASKS} events wait in the outbox after the right was withdrawn`,
    );
  }
  expectReplaced(await apply(platform, platform.environment.dist), ['producer']);
  await platform.settle();
  return `a right withdrawn: ${TASKS} events waited`;
}

/** Removes what a change has added: kubectl does not, when files without it are applied. */
export async function remove(
  { kubectl, namespace, manifests }: DeployedPlatform,
  folder: string,
): Promise<void> {
  const name = ({ kind, metadata }: KubernetesObject) => `${kind}/${metadata.name}`;
  const own = new Set(manifests.objects.map(name));
  const added = Manifests.read(folder)
    .objects.map(name)
    .filter((one) => !own.has(one));
  await kubectl.run(['delete', '--namespace', namespace, '--wait=true', ...added]);
}

const ADDED = 'audit';

/** A consumer is added: only the dead-letter processor changes. */
async function add(platform: DeployedPlatform, folder: string): Promise<string> {
  const changed = render(folder, {
    change: (declared) => {
      // They show what was declared before them.
      declared.node.tryRemoveChild('dashboards');
      new IdempotentConsumer(declared, ADDED, {
        // What it does is not looked at.
        manifest: defineApp({ ...analytics, appId: ADDED, migrations: [] }),
        image: 'analytics-aggregator:local',
        pubSub: only(declared, DaprPubSub),
        database: only(declared, PostgresDatabase),
        deadLetters: only(declared, DeadLetterProcessor),
      });
      new GrafanaDashboards(declared, 'dashboards');
    },
  });
  expectReplaced(await apply(platform, changed), ['dead-letter-processor']);
  const metadata = await platform.kubectl.run([
    ...['exec', '--namespace', platform.namespace, 'deployment/dead-letter-processor'],
    ...['--container', 'dead-letter-processor', '--', 'node', '--eval'],
    "fetch('http://127.0.0.1:3500/v1.0/metadata', { headers: { 'dapr-api-token': process.env.DAPR_API_TOKEN } }).then((r) => r.text()).then(console.log)",
  ]);
  const topic = `task-created.${ADDED}.dlq`;
  if (!metadata.includes(topic)) {
    throw new Error(`the sidecar of dead-letter-processor does not collect ${topic}`);
  }
  await remove(platform, changed);
  expectReplaced(await apply(platform, platform.environment.dist), ['dead-letter-processor']);
  return 'a consumer added: the dead-letter processor collects for it';
}

/** Another broker takes the place of the one that runs, as docs/brokers.md has it. */
async function swap(platform: DeployedPlatform, folder: string): Promise<string> {
  const { kubectl, namespace } = platform;
  const changed = render(folder, {
    options: { kafka: { name: 'kafka-b' } },
  });
  const scale = (replicas: number) =>
    kubectl.run([
      'scale',
      'deployment/producer',
      '--namespace',
      namespace,
      `--replicas=${replicas}`,
    ]);
  await platform.post(TASKS);
  await scale(0);
  await platform.settle();
  await kubectl.run(['apply', '-f', changed]);
  await kubectl.run(['delete', 'statefulset', 'kafka', '--namespace', namespace]);
  await scale(1);
  await platform.recovered(DEADLINE);
  await platform.sidecars(DEADLINE);
  await platform.post(TASKS);
  return `broker swapped: ${await platform.settle()}`;
}

/** Changes what is declared while pods run, and checks which of them are replaced. */
export async function changes(
  platform: DeployedPlatform,
  folder: string,
  progress: (text: string) => void,
): Promise<string> {
  await keepPods(platform, true);
  const results: string[] = [];
  for (const step of [withdraw, add, swap]) {
    const result = await step(platform, join(folder, step.name));
    progress(result);
    results.push(result);
  }
  await keepPods(platform, false);
  return results.join('; ');
}

/** A side effect that is due wakes a consumer that has no pod. */
export async function wakeForEffect(
  platform: DeployedPlatform,
  progress: (text: string) => void,
): Promise<string> {
  const consumer = 'notification-sender';
  await until(`${consumer} has no pod`, 600, async () => {
    return (await platform.pods(consumer)).length === 0;
  });
  progress(`${consumer} has no pod; a notification is due`);
  const started = performance.now();
  const [row] = await platform.query(
    `UPDATE effects SET status = 'pending', due_at = now() WHERE id = (SELECT min(id) FROM effects) RETURNING id`,
  );
  await until('the notification is sent', 120, async () => {
    const [now] = await platform.query(`SELECT status FROM effects WHERE id = ${row![0]}`);
    return now![0] === 'done';
  });
  return `sent ${((performance.now() - started) / 1000).toFixed(0)} s after it was due`;
}
