import { BROKER_TOOLS_CONTAINER } from '@cdk8s-event-platform/contracts/interface';
import type { EventPlatform, EventTools, Toolbox } from 'cdk8s-event-platform';
import type { Kubectl } from './kubectl.ts';

/** Where a reader starts: at the first event, behind the last, or at a time. */
export type ReadFrom = 'beginning' | 'now' | Date;

/** Options of {@link ToolsPod.read}. */
export interface ReadOptions {
  readonly topic: string;
  readonly from: ReadFrom;
  /** Whether to wait for what comes. */
  readonly follow: boolean;
  /** Called for each message; returns whether it has heard enough. */
  readonly onRecord: (record: ReturnType<ReturnType<Toolbox['reader']>['read']>[number]) => boolean;
}

/** The EventTools of a platform: by their members, since a project may have another copy of the class. */
export function eventToolsOf(platform: EventPlatform): EventTools | undefined {
  return platform.node
    .findAll()
    .find((construct) => 'toolboxProblem' in construct && 'stateStores' in construct) as
    EventTools | undefined;
}

function fromText(from: ReadFrom): string {
  return from instanceof Date ? String(from.getTime()) : from;
}

/** The pod that commands work through in a cluster. */
export class ToolsPod {
  /** @throws Error when the platform declares none. */
  public static of(platform: EventPlatform, kubectl: Kubectl): ToolsPod {
    const tools = eventToolsOf(platform);
    if (tools === undefined) {
      throw new Error(
        `platform '${platform.node.id}' has no EventTools, which commands work through: declare \`new EventTools(platform, 'event-tools', { pubSub })\` last, and apply it`,
      );
    }
    return new ToolsPod(tools, kubectl, platform.environment.namespace);
  }

  private constructor(
    public readonly tools: EventTools,
    private readonly kubectl: Kubectl,
    private readonly namespace: string,
  ) {}

  /** The broker's command line. @throws Error with the reason when the broker has no toolbox. */
  public get toolbox(): Toolbox {
    const { toolbox, toolboxProblem } = this.tools;
    if (toolbox === undefined) {
      throw new Error(toolboxProblem);
    }
    return toolbox;
  }

  /** Runs a command of the app's program, which works through the sidecar. */
  public app(args: readonly string[], input?: string): Promise<string> {
    return this.kubectl.run(this.#exec(this.tools.appId, ['node', '/app/main.js', ...args]), input);
  }

  /** Runs a command of the broker's script. */
  public broker(...args: readonly string[]): Promise<string> {
    return this.kubectl.run(this.#script(args));
  }

  /** Topics that the broker has. */
  public async topics() {
    return this.toolbox.topics(await this.broker('topics'));
  }

  /** Consumer groups that the broker has. */
  public async groups() {
    return this.toolbox.groups(await this.broker('groups'));
  }

  /** Sets where a group without pods goes on. */
  public async reset(group: string, topic: string, from: ReadFrom): Promise<void> {
    await this.broker('reset', group, topic, fromText(from));
  }

  /** Reads a topic, until there is no more, or enough was heard. @throws Error when the broker cannot do so. */
  public async read({ topic, from, follow, onRecord }: ReadOptions): Promise<void> {
    const problem = this.toolbox.positionProblem?.(from);
    if (problem !== undefined) {
      throw new Error(problem);
    }
    const reader = this.toolbox.reader();
    const since = from instanceof Date ? from.toISOString() : undefined;
    const args = ['read', topic, fromText(from), follow ? 'follow' : 'once'];
    await this.kubectl.lines(this.#script(args), (line) => {
      const enough = reader
        .read(line)
        .filter(({ time }) => since === undefined || time === undefined || time >= since)
        .some(onRecord);
      return enough || (!follow && reader.done);
    });
  }

  #script(args: readonly string[]): string[] {
    const { shell, script } = this.toolbox;
    return this.#exec(BROKER_TOOLS_CONTAINER, [shell, '-c', script(), 'event-tools', ...args]);
  }

  #exec(container: string, command: readonly string[]): string[] {
    return [
      ...['exec', '--stdin', `--namespace=${this.namespace}`, `--container=${container}`],
      // Otherwise it waits a minute for a pod that is not there.
      '--pod-running-timeout=5s',
      ...[`deployment/${this.tools.appId}`, '--', ...command],
    ];
  }
}
