import { describe, expect, it } from 'vitest';
import type { ClusterObject, Kubectl } from '../cluster/kubectl.ts';
import { Workload } from '../cluster/workload.ts';
import {
  epochOf,
  type Replay,
  replayForReal,
  replayPlan,
  replayProblem,
} from './replay-for-real.ts';

const REPLAY: Replay = {
  consumer: 'billing',
  topics: ['orders', 'bills'],
  from: 'beginning',
  epoch: 2,
};

interface State {
  annotations: Record<string, string>;
  scaler: Record<string, string> | undefined;
  replicas: number;
  pods: number;
}

/** Stopped here, as by a signal. */
class Interruption extends Error {}

/** What kubectl does with one consumer, and what KEDA and the Deployment's controller do then. */
class ScriptedCluster implements Kubectl {
  public readonly state: State;
  /** Writes, in their order. */
  public readonly writes: string[] = [];
  /** Groups that were set back, and whether a pod was there. */
  public readonly resets: [string, number][] = [];
  #left: number;

  /** @param interruptAfter writes and resets after which it is interrupted. */
  public constructor(scaled: boolean, state?: State, interruptAfter = Infinity) {
    this.#left = interruptAfter;
    this.state = state ?? {
      annotations: {},
      scaler: scaled ? {} : undefined,
      replicas: 3,
      pods: 3,
    };
  }

  public run(args: readonly string[]): Promise<string> {
    const words = args.filter((arg) => !arg.startsWith('--namespace')).join(' ');
    const [verb] = args;
    if (verb === 'get') {
      return Promise.resolve(this.#get(words));
    }
    this.write(words);
    const assignments = args.slice(-1);
    if (verb === 'scale') {
      this.state.replicas = Number(assignments[0]!.split('=')[1]);
    } else {
      const target = words.includes('scaledobjects') ? this.state.scaler! : this.state.annotations;
      const [, name, value] = /^([^=]+?)(?:-|=(.*))$/s.exec(assignments[0]!)!;
      if (value === undefined) {
        Reflect.deleteProperty(target, name!);
      } else {
        target[name!] = value;
      }
    }
    return Promise.resolve('');
  }

  public lines(): Promise<void> {
    throw new Error('nothing is read line by line');
  }

  public async reset(topic: string): Promise<void> {
    this.resets.push([topic, this.state.pods]);
    this.write(`reset ${topic}`);
    return Promise.resolve();
  }

  private write(words: string): void {
    this.writes.push(words);
    if (--this.#left < 0) {
      throw new Interruption('interrupted');
    }
  }

  #get(words: string): string {
    const { state } = this;
    const paused = state.scaler?.['autoscaling.keda.sh/paused-replicas'];
    if (words.startsWith('get pods')) {
      // One pod after another starts or ends.
      const wanted =
        state.scaler === undefined ? state.replicas : paused === undefined ? 3 : Number(paused);
      state.pods += Math.sign(wanted - state.pods);
      return JSON.stringify({ items: Array.from({ length: state.pods }, () => ({})) });
    }
    if (words.startsWith('get scaledobjects')) {
      return state.scaler === undefined
        ? ''
        : JSON.stringify({ metadata: { name: 'billing', annotations: state.scaler } });
    }
    return JSON.stringify(this.deployment());
  }

  public deployment(epoch = 2): ClusterObject {
    const env = [{ name: 'CONSUMER_EPOCH', value: String(epoch) }];
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'billing', annotations: this.state.annotations },
      spec: { replicas: this.state.replicas, template: { spec: { containers: [{ env }] } } },
      status: { readyReplicas: 1 },
    };
  }
}

function run(cluster: ScriptedCluster, replay = REPLAY): Promise<void> {
  return replayForReal(replay, {
    workload: new Workload(cluster, 'shop', 'billing'),
    reset: (topic) => cluster.reset(topic),
    say: () => undefined,
    patience: { interval: 0, deadline: 2_000 },
  });
}

describe.each([
  ['with a scaler', true],
  ['without a scaler', false],
])('a replay for real, %s', (_what, scaled) => {
  it('sets the groups back while there is no pod, and lets the consumer go on', async () => {
    const cluster = new ScriptedCluster(scaled);
    await run(cluster);
    expect(cluster.resets).toEqual([
      ['orders', 0],
      ['bills', 0],
    ]);
    expect(cluster.state).toMatchObject({
      annotations: { 'event-platform/replayed-epoch': '2' },
      replicas: 3,
      ...(scaled && { scaler: {} }),
    });
  });

  it('comes to the same end when it is interrupted anywhere and run again', async () => {
    const whole = new ScriptedCluster(scaled);
    await run(whole);
    for (let after = 0; after < whole.writes.length; after++) {
      const first = new ScriptedCluster(scaled, undefined, after);
      await expect(run(first)).rejects.toThrow('interrupted');
      const second = new ScriptedCluster(scaled, first.state);
      await run(second);
      expect({ after, ...second.state, pods: 0 }).toEqual({ after, ...whole.state, pods: 0 });
      expect([...first.resets, ...second.resets].every(([, pods]) => pods === 0)).toBe(true);
      expect(new Set([...first.resets, ...second.resets].map(([topic]) => topic))).toEqual(
        new Set(['orders', 'bills']),
      );
    }
  });

  it('sets nothing back again once that is noted', async () => {
    const whole = new ScriptedCluster(scaled);
    await run(whole);
    const noted = whole.writes.findIndex((words) => words.includes('replayed-epoch'));
    const first = new ScriptedCluster(scaled, undefined, noted + 1);
    await expect(run(first)).rejects.toThrow('interrupted');
    const second = new ScriptedCluster(scaled, first.state);
    await run(second);
    expect(second.resets).toEqual([]);
  });

  it('says how to go on, and how to give up, when a step fails', async () => {
    const cluster = new ScriptedCluster(scaled, undefined, 2);
    await expect(run(cluster)).rejects.toThrow(
      scaled
        ? /interrupted\. run the same command again to go on.*kubectl annotate scaledobject billing autoscaling.keda.sh\/paused-replicas-; then kubectl annotate deployment billing event-platform\/replaying-/
        : /interrupted\. run the same command again to go on.*kubectl scale deployment billing --replicas=3; then kubectl annotate deployment billing event-platform\/replaying-/,
    );
  });

  it('refuses a second replay of an epoch', async () => {
    const cluster = new ScriptedCluster(scaled);
    await run(cluster);
    await expect(run(new ScriptedCluster(scaled, cluster.state))).rejects.toThrow(
      "epoch 2 of 'billing' has been replayed, so its events would be skipped: raise the epoch in the chart to 3, apply it, and replay then",
    );
  });

  it('refuses another replay while one has not ended', async () => {
    const first = new ScriptedCluster(scaled, undefined, 2);
    await expect(run(first)).rejects.toThrow('interrupted');
    const other = { ...REPLAY, topics: ['orders'] };
    await expect(run(new ScriptedCluster(scaled, first.state), other)).rejects.toThrow(
      "another replay of 'billing' has begun and has not ended: run `events replay billing --topic orders --topic bills --from beginning --for-real --yes` first",
    );
  });
});

describe('a replay', () => {
  const deployment = new ScriptedCluster(true).deployment();

  it.each([
    [REPLAY, undefined, "the cluster has no Deployment 'billing': apply what the program declares"],
    [{ ...REPLAY, epoch: 0 }, deployment, "'billing' declares no epoch"],
    [{ ...REPLAY, epoch: 3 }, deployment, 'declares epoch 3, and the cluster has epoch 2: apply'],
  ])('is refused where its epoch is not deployed', (replay, found, reason) => {
    expect(replayProblem(replay, found)).toContain(reason);
  });

  it('has a plan', () => {
    expect(replayPlan(REPLAY, true)).toEqual([
      'note on Deployment billing that the replay of epoch 2 has begun',
      'pause the scaler of billing at zero pods',
      'wait until billing has no pods',
      'set group billing to beginning in topic orders',
      'set group billing to beginning in topic bills',
      'note that epoch 2 has been replayed',
      'let the scaler of billing go on',
      'wait until billing has pods',
    ]);
  });

  it('takes a Deployment without an epoch for the first run', () => {
    expect(epochOf({ spec: {} })).toBe(0);
  });
});
