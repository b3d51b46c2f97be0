import { type Found, inventory } from '../../testkit/kubernetes/inventory.ts';
import {
  differences,
  resourceStates,
  changedKeys,
  newObjects,
  versions,
} from '../../testkit/pulumi/checks.ts';
import type { SimulatedCluster } from '../../testkit/pulumi/cluster.ts';
import type { Command, Engine, Outcome, State } from '../../testkit/pulumi/engine.ts';
import { type Expected, Steps } from '../../testkit/pulumi/steps.ts';

/** The parts that a scenario works with. */
export interface Stage {
  readonly engine: Engine;
  readonly cluster: SimulatedCluster;
  /** Folder with the states and logs of the engine. */
  readonly folder: string;
  /** Variables of the engine and its providers; the scenario changes them. */
  readonly env: Record<string, string>;
  /** Whether the kubeconfig of the providers leads to the cluster. */
  readonly reach: (isThere: boolean) => void;
  /** A value of the configuration that is changed twice, and which objects it is in. */
  readonly change: {
    readonly key: string;
    readonly values: readonly [string, string];
    readonly touches: (object: object) => boolean;
  };
  readonly progress: (text: string) => void;
}

/** A stack whose state is compared with its cluster after each step. */
export class TestedStack {
  /** Takes what the cluster has now as what does not belong to the stack. */
  public static async create(stage: Stage): Promise<TestedStack> {
    return new TestedStack(stage, await inventory(stage.cluster.client));
  }

  public readonly steps: Steps;

  private constructor(
    public readonly stage: Stage,
    /** What was in the cluster before the stack. */
    public readonly baseline: ReadonlyMap<string, Found>,
  ) {
    this.steps = new Steps(stage.progress);
  }

  /** The state with its secrets. */
  public state(): Promise<State> {
    return this.stage.engine.state('--show-secrets');
  }

  /** What the cluster has in addition to the baseline. */
  public newObjects(): Promise<string[]> {
    return newObjects(this.stage.cluster.client, this.baseline);
  }

  /** What differs between the state and the cluster. */
  public async stateDifferences(): Promise<string[]> {
    return differences(await this.state(), this.stage.cluster.client, this.baseline);
  }

  /** Runs a command of the engine. */
  public run(name: string, command: Command, expected: Expected): Promise<Outcome> {
    return this.steps.take(name, this.stage.engine.run(command), expected);
  }

  /** Runs a command of the engine that must change neither the cluster nor the state. */
  public async runUnchanged(name: string, command: Command, expected: Expected): Promise<void> {
    await this.stage.cluster.settled();
    const objects = await this.#versions();
    const resources = resourceStates(await this.state());
    await this.run(name, command, {
      ...expected,
      check: async () => [
        ...changedKeys(objects, await this.#versions()).map((object) => `'${object}' has changed`),
        ...changedKeys(resources, resourceStates(await this.state())).map(
          (urn) => `'${urn}' has changed in the state`,
        ),
      ],
    });
  }

  async #versions(): Promise<Map<string, string>> {
    const all = await versions(this.stage.cluster.client);
    return new Map([...all].filter(([name]) => !this.baseline.has(name)));
  }
}
