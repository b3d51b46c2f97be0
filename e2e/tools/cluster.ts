import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkCluster } from '../../cli/cluster/checks.ts';
import { deleteLeftovers, leftovers, removePlatform } from '../../cli/cluster/clean-up.ts';
import { type Kubectl, kubectlOf } from '../../cli/cluster/kubectl.ts';
import { Workload } from '../../cli/cluster/workload.ts';
import { declaredEpoch } from '../../cli/events/replay.ts';
import { type Replay, replayForReal } from '../../cli/events/replay-for-real.ts';
import type { EventPlatform } from '../../constructs/index.ts';
import { commonLabels } from '../../constructs/core/names.ts';
import { BROKERS } from '../../testkit/brokers/index.ts';
import type { ApiClient, Identity } from '../../testkit/kubernetes/client.ts';
import { installCrds } from '../../testkit/kubernetes/crds.ts';
import { startApiServer } from '../../testkit/kubernetes/server.ts';
import { ensureTools } from '../../testkit/tools/index.ts';
import { requireCommand } from '../../scripts/toolchain.ts';
import { Measured, READER, toolsPlatform } from './platform.ts';
import { type Result, same, timed } from './results.ts';

const EPOCH = 'event-platform/replayed-epoch';

/** kubectl that is stopped at one of its writes. */
function interrupted(kubectl: Kubectl, after: number): Kubectl {
  let left = after;
  return {
    ...kubectl,
    run: (args, input) => {
      if (args[0] !== 'get' && left-- === 0) {
        throw new Error('interrupted');
      }
      return kubectl.run(args, input);
    },
  };
}

/** No controllers run here: nothing starts pods, and none are there. */
const PATIENCE = { interval: 100, deadline: 500 };

/** A cluster of an API server alone, with a platform in it. */
class Bench {
  public constructor(
    private readonly kubectl: Kubectl,
    private readonly client: ApiClient,
    private readonly platform: EventPlatform,
    private readonly objects: readonly Identity[],
  ) {}

  async #apply(object: Identity): Promise<void> {
    const { status, body } = await this.client.apply(object);
    if (status >= 300) {
      throw new Error(`${object.kind}/${object.metadata.name}: ${body.message}`);
    }
  }

  public async applyAll(): Promise<void> {
    for (const object of this.objects) {
      await this.#apply(object);
    }
  }

  #workload(kubectl: Kubectl): Workload {
    return new Workload(kubectl, this.platform.environment.namespace, READER);
  }

  /** What a replay leaves: annotations of the Deployment and of its scaler, pods, and topics that were set back. */
  async #replayed(kubectl: Kubectl, resets: string[]): Promise<void> {
    const replay: Replay = {
      ...{ consumer: READER, topics: [Measured.topic], from: 'beginning' },
      epoch: declaredEpoch(this.platform, READER),
    };
    await replayForReal(replay, {
      workload: this.#workload(kubectl),
      reset: (topic) => {
        resets.push(topic);
        return Promise.resolve();
      },
      say: () => undefined,
      patience: PATIENCE,
    });
  }

  async #end(): Promise<unknown[]> {
    const workload = this.#workload(this.kubectl);
    const [deployment, scaled] = [await workload.deployment(), await workload.scaledObject()];
    const own = (annotations: Readonly<Record<string, string>> = {}) =>
      Object.entries(annotations).filter(([name]) => /^(event-platform|autoscaling)/.test(name));
    return [own(deployment?.metadata.annotations), own(scaled?.metadata.annotations)];
  }

  async #forget(): Promise<void> {
    const workload = this.#workload(this.kubectl);
    await workload.annotate('deployment.apps', { [EPOCH]: undefined });
  }

  /** Interrupted at each write and run again, a replay comes to the same end. */
  public async replay(scaled: boolean): Promise<void> {
    if (!scaled) {
      const { namespace } = this.platform.environment;
      await this.kubectl.run([
        ...['delete', 'scaledobjects.keda.sh', READER, `--namespace=${namespace}`],
      ]);
      await this.#workload(this.kubectl).scale(2);
      await this.#forget();
    }
    const resets: string[] = [];
    await this.#replayed(this.kubectl, resets);
    same('set back', resets, [Measured.topic]);
    const end = await this.#end();
    same('end', end, [[[EPOCH, '1']], []]);
    for (const after of scaled ? [0, 1, 2, 4] : [3]) {
      await this.#forget();
      const again: string[] = [];
      const said = await this.#replayed(interrupted(this.kubectl, after), again).then(
        () => 'it is not interrupted',
        (error: unknown) => (error as Error).message,
      );
      same(`write ${after}`, [said.startsWith('interrupted. run the same command again')], [true]);
      await this.#replayed(this.kubectl, again);
      same(`end after an interruption at write ${after}`, await this.#end(), end);
      same('set back at all', [again.length > 0], [true]);
    }
    const refused = await this.#replayed(this.kubectl, []).catch((error: unknown) =>
      (error as Error).message.slice(0, 29),
    );
    same('a second time', [refused], ["epoch 1 of 'reader' has been "]);
    const deployment = await this.#workload(this.kubectl).deployment();
    same('pods', [deployment?.spec?.replicas], [scaled ? 1 : 2]);
  }

  /** The doctor names what is missing. */
  public async doctor(): Promise<void> {
    const { kubectl, platform } = this;
    const look = async () => {
      const findings = await checkCluster({ platform, kubectl });
      return findings.map(({ level, what }) => `${level} ${what}`);
    };
    const before = await look();
    same(
      'findings',
      ['ok namespace event-driven', 'ok Components', 'ok Subscriptions', 'problem Dapr'].filter(
        (line) => !before.includes(line),
      ),
      [],
    );
    await kubectl.run([
      ...['delete', 'components.dapr.io', 'pubsub'],
      `--namespace=${platform.environment.namespace}`,
    ]);
    same('without a Component', [(await look()).includes('problem Components')], [true]);
    await this.applyAll();
  }

  /** What is not declared is found and deleted, and nothing else. */
  public async cleanUp(): Promise<void> {
    const { kubectl, platform } = this;
    const { namespace } = platform.environment;
    const say = () => undefined;
    same('at first', await leftovers(platform, kubectl, say), []);
    const labels = commonLabels('gone', 'broker');
    const meta = (kind: string, apiVersion = 'v1') => ({
      ...{ apiVersion, kind, metadata: { name: 'gone', namespace, labels } },
    });
    await this.#apply({ ...meta('ConfigMap'), data: {} } as Identity);
    await this.#apply({
      ...meta('PersistentVolumeClaim'),
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    } as Identity);
    const found = await leftovers(platform, kubectl, say);
    same('left over', found.map(({ name }) => name).toSorted(), [
      'ConfigMap/gone',
      'PersistentVolumeClaim/gone',
    ]);
    await deleteLeftovers(found, kubectl, { namespace, data: false, say });
    const stays = await leftovers(platform, kubectl, say);
    same(
      'with data',
      stays.map(({ name }) => name),
      ['PersistentVolumeClaim/gone'],
    );
  }

  /** All objects are deleted but for the namespace. */
  public async remove(): Promise<void> {
    const { kubectl, platform } = this;
    await removePlatform(platform, kubectl, { data: false, say: () => undefined });
    const there: string[] = [];
    for (const object of this.objects) {
      const answer = await this.client.read(object);
      // What is being deleted waits for a controller, which does not run here.
      if (answer !== undefined && !JSON.stringify(answer).includes('"deletionTimestamp"')) {
        there.push(object.kind);
      }
    }
    same('there', there, ['Namespace']);
  }
}

/** Starts an API server, applies a platform, and does what the commands do, with the real kubectl. */
export async function verifyCluster(
  folder: string,
  onResult: (result: Result) => void,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const program = requireCommand('kubectl');
  const tools = ensureTools(['crds', 'kubernetes']);
  const server = await startApiServer(join(tools.kubernetes, 'kube-apiserver'), folder);
  try {
    await installCrds(server.client, tools.crds);
    const { platform, manifests } = toolsPlatform(BROKERS.kafka, 1);
    const file = join(folder, 'kubectl');
    writeFileSync(
      file,
      `#!/bin/sh\nexec '${program}' --kubeconfig='${server.kubeconfig}' --cache-dir='${folder}/cache' "$@"\n`,
    );
    chmodSync(file, 0o755);
    const bench = new Bench(kubectlOf(undefined, file), server.client, platform, manifests.objects);
    await bench.applyAll();
    const steps: readonly (readonly [string, () => Promise<void>])[] = [
      ['replay for real', () => bench.replay(true)],
      ['doctor', () => bench.doctor()],
      ['clean-up', () => bench.cleanUp()],
      ['replay without a scaler', () => bench.replay(false)],
      ['clean-up --all', () => bench.remove()],
    ];
    for (const [step, verify] of steps) {
      onResult(await timed(step, verify));
    }
  } finally {
    await server.stop();
  }
}
