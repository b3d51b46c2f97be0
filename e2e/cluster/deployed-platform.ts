import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject, Manifests } from '../../scripts/manifests.ts';
import { compare, type Confirmed, CONSUMERS, EFFECTS } from '../../testkit/platform/tally.ts';
import type { ClusterEnvironment } from './environments.ts';
import { guideCommands } from './guide-commands.ts';
import { InClusterClient } from './in-cluster-client.ts';
import { isEnding, type Pod } from '../../testkit/kubernetes/cluster-api.ts';
import type { Kubectl } from '../../testkit/kubernetes/kubectl.ts';
import { until } from '../../testkit/until.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** What became of the confirmed tasks at a consumer. */
export interface Count {
  readonly consumer: string;
  /** Effects in the database. */
  readonly effects: number;
  readonly lost: number;
  readonly doubled: number;
}

/** Time without any progress after which missing tasks count as lost, in seconds. */
const PATIENCE = 120;
/** Requests at a time. */
const WIDTH = 32;
/** Tasks of one order: a client that is cut off loses no more receipts than these. */
const ORDER = 1_000;

/** The platform in a cluster. */
export class DeployedPlatform {
  readonly #confirmed = new Map<string, string>();
  #posted = 0;
  #outside: InClusterClient | undefined;

  public constructor(
    public readonly kubectl: Kubectl,
    public readonly environment: ClusterEnvironment,
  ) {}

  /** What is in the files. */
  public get manifests(): Manifests {
    return this.environment.manifests;
  }

  /** Namespace of the platform. */
  public get namespace(): string {
    return this.manifests.namespace;
  }

  /** Tasks that the producer has confirmed. */
  public get confirmed(): Confirmed {
    return this.#confirmed;
  }

  /**
   * Applies the files by the commands of the guide to kubectl, and waits for every pod. Returns the pods.
   *
   * @param deadline in seconds, after the last command.
   */
  public async apply(deadline: number, progress: (text: string) => void): Promise<readonly Pod[]> {
    const { name, dist, given, prepare } = this.environment;
    await prepare(this.kubectl);
    const commands = guideCommands({
      environment: name,
      dist,
      secrets: given,
    });
    for (const line of commands) {
      progress(given.reduce((text, value) => text.replace(` ${value}`, ''), line));
      await this.kubectl.shell(line, ROOT);
    }
    await this.recovered(deadline);
    return this.kubectl.api.allReady(this.namespace, deadline);
  }

  /** Applies the files again. Returns the objects that changed. */
  public async applyAgain(): Promise<readonly string[]> {
    const before = await this.#content();
    await this.kubectl.run(['apply', '-f', this.environment.dist]);
    const after = await this.#content();
    return [...after].flatMap(([name, text]) => (before.get(name) === text ? [] : [name]));
  }

  /**
   * The applied objects on the server, without what controllers change. (The output of kubectl is not
   * reliable: it sends a patch that changes nothing for every PodDisruptionBudget, and for claims of a
   * StatefulSet.)
   */
  async #content(): Promise<Map<string, string>> {
    const text = await this.kubectl.run(['get', '-f', this.environment.dist, '--output', 'json']);
    const { items } = JSON.parse(text) as { items: KubernetesObject[] };
    const scaled = new Set(
      this.manifests
        .ofKind('Deployment')
        .filter(({ spec }) => spec.replicas === undefined)
        .map(({ metadata }) => `Deployment/${metadata.name}`),
    );
    return new Map(
      items.map(({ kind, metadata, spec, ...rest }) => {
        const name = `${kind}/${metadata.name}`;
        const content = {
          ...rest,
          status: {},
          metadata: { ...metadata, resourceVersion: '', generation: 0 },
          // How many pods it has is KEDA's business when the files do not say.
          spec: scaled.has(name) ? { ...spec, replicas: 0 } : spec,
        };
        return [name, JSON.stringify(content)];
      }),
    );
  }

  /**
   * Waits until every workload has its pods again.
   *
   * @param deadline in seconds.
   */
  public recovered(deadline: number): Promise<void> {
    return this.kubectl.api.allComplete(this.namespace, deadline);
  }

  /** Namespace of a workload's pods: another team may run the database. */
  public namespaceOf(workload: string): string {
    return workload === 'postgres' ? this.environment.databaseNamespace : this.namespace;
  }

  /** Pods of a workload that have not been told to end. */
  public async pods(workload: string): Promise<readonly Pod[]> {
    const selector = `app.kubernetes.io/name=${workload}`;
    const pods = await this.kubectl.api.pods(this.namespaceOf(workload), selector);
    return pods.filter((pod) => !isEnding(pod));
  }

  /**
   * Waits until every pod of an app has a sidecar, and returns how many there are. A pod that was made
   * while Dapr's injector did not answer is replaced by Dapr's operator. An app may have no pod now.
   *
   * @param deadline in seconds. @default 180
   */
  public async sidecars(deadline = 180): Promise<number> {
    const apps = this.manifests
      .ofKind('Deployment')
      .filter(({ spec }) => spec.template.metadata.annotations?.['dapr.io/enabled'] === 'true');
    let pods: readonly Pod[] = [];
    await until('every pod of an app has a sidecar', deadline, async () => {
      pods = (await Promise.all(apps.map(({ metadata }) => this.pods(metadata.name)))).flat();
      return pods.every(({ spec }) => spec.containers.some(({ name }) => name === 'daprd'));
    });
    await this.recovered(deadline);
    return pods.length;
  }

  /** Posts new tasks through the Service of the producer, from a pod of another namespace. */
  public async post(count: number, width = WIDTH): Promise<void> {
    this.#outside ??= await InClusterClient.start(this.kubectl, 'default');
    const end = this.#posted + count;
    while (this.#posted < end) {
      const order = {
        host: `producer.${this.namespace}`,
        first: this.#posted,
        count: Math.min(ORDER, end - this.#posted),
        width,
      };
      this.#posted += order.count;
      const { confirmed, failures } = await this.#outside.post(order);
      confirmed.forEach(([id, user]) => this.#confirmed.set(id, user));
      if (failures.length > 0) {
        throw new Error(`${failures.length} tasks were not taken: ${failures[0]}`);
      }
    }
  }

  /** Rows of a query, columns in the order of the query. */
  public async query(sql: string): Promise<string[][]> {
    const script = [
      'PGPASSWORD="$POSTGRES_PASSWORD" exec psql --host=127.0.0.1 --username="$POSTGRES_USER"',
      `--dbname=event_platform --no-align --tuples-only --command="$0"`,
    ].join(' ');
    const text = await this.kubectl.run([
      ...['exec', '--namespace', this.namespaceOf('postgres'), 'postgres-0', '--'],
      ...['bash', '-c', script, sql],
    ]);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('|'));
  }

  /** Compares what was confirmed with the effects in the database. */
  public async count(): Promise<Count[]> {
    const counts: Count[] = [];
    for (const consumer of CONSUMERS) {
      const rows = await this.query(EFFECTS[consumer]);
      const effects = new Map(rows.map(([key, count]) => [key!, Number(count)]));
      counts.push({
        consumer,
        effects: [...effects.values()].reduce((sum, count) => sum + count, 0),
        ...compare(consumer, this.#confirmed, effects),
      });
    }
    return counts;
  }

  /**
   * Waits until every consumer has everything, or nothing has changed for two minutes.
   *
   * @throws Error with the counts when something is lost, doubled, or in quarantine.
   */
  public async settle(): Promise<string> {
    let seen = '';
    let changed = performance.now();
    for (;;) {
      const counts = await this.count();
      const mails = await this.#mails();
      const complete = counts.every(({ lost }) => lost === 0) && mails >= this.#confirmed.size;
      const state = JSON.stringify([counts, mails]);
      if ((complete && state === seen) || performance.now() - changed > PATIENCE * 1000) {
        return await this.#verdict(counts);
      }
      if (state !== seen) {
        seen = state;
        changed = performance.now();
      }
      await sleep(2_000);
    }
  }

  /** Mails that the sink has taken, repeats left out. */
  async #mails(): Promise<number> {
    const { namespace, name } = this.environment.mailSink;
    const path = `/api/v1/namespaces/${namespace}/services/${name}:8025/proxy/api/v1/info`;
    const { RuntimeStats } = JSON.parse(await this.kubectl.run(['get', '--raw', path])) as {
      RuntimeStats: { SMTPAccepted: number };
    };
    return RuntimeStats.SMTPAccepted;
  }

  async #verdict(counts: readonly Count[]): Promise<string> {
    const mails = await this.#mails();
    const [quarantine] = await this.query('SELECT count(*) FROM quarantine');
    const sum = (column: 'lost' | 'doubled') =>
      counts.reduce((total, count) => total + count[column], 0);
    const text = [
      `${this.#confirmed.size} tasks confirmed`,
      ...counts.map(({ consumer, effects }) => `${consumer} ${effects}`),
      `lost ${sum('lost')}`,
      `doubled ${sum('doubled')}`,
      `quarantined ${quarantine![0]}`,
      `${mails} mails at the sink`,
    ].join(', ');
    if (mails < this.#confirmed.size) {
      throw new Error(`${text}: mails were lost`);
    }
    if (sum('lost') + sum('doubled') + Number(quarantine![0]) > 0) {
      throw new Error(text);
    }
    return text;
  }
}
