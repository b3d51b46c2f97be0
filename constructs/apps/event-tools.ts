import type { Construct } from 'constructs';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import {
  BROKER_TOOLS_CONTAINER,
  EVENT_TOOLS,
  RUNTIME_ENV,
} from '@cdk8s-event-platform/contracts/interface';
import {
  coded,
  having,
  listOf,
  optional,
  type Shape,
} from '@cdk8s-event-platform/contracts/internal';
import { validateLater } from '../core/problems.ts';
import { resources } from '../core/quantities.ts';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import type { DaprStateStore } from '../dapr/dapr-state-store.ts';
import type { Toolbox } from '../messaging/toolbox.ts';
import { manifestCheck, pubSubCheck, typesOf } from './app-checks.ts';
import { APP_OPTIONS, type AppOptions } from './app-options.ts';
import type { AppWorkloadProps } from './app-workload-props.ts';
import { EventApp } from './event-app.ts';
import { stateServersEnv } from './state-servers.ts';

/** Properties of {@link EventTools}. */
export interface EventToolsProps extends AppOptions {
  /** App id and port. @default - app id `event-tools`, port 8080 */
  readonly manifest?: AppManifest;
  /** The pub/sub component whose topics are published to and looked into. */
  readonly pubSub: DaprPubSub;
  /** Stores whose values are looked at, and whose keys are listed. @default - none */
  readonly stateStores?: readonly DaprStateStore[];
}

const SHAPE: Shape<EventToolsProps> = {
  ...APP_OPTIONS,
  manifest: optional(manifestCheck),
  pubSub: pubSubCheck,
  stateStores: optional(listOf(having('a DaprStateStore', 'grantAccess', 'appIds'))),
};

/** Waits until it is told to stop, whatever shell the image has. */
const WAIT = "trap 'exit 0' TERM INT\nwhile :; do\n  sleep 3600 &\n  wait $!\ndone\n";

/** The container with the broker's own command line, and its volumes. */
function companionsOf(toolbox: Toolbox): NonNullable<AppWorkloadProps['companions']> {
  const tmp = `${BROKER_TOOLS_CONTAINER}-tmp`;
  return {
    containers: [
      {
        name: BROKER_TOOLS_CONTAINER,
        image: toolbox.image,
        user: toolbox.user,
        command: ['/bin/sh', '-c', WAIT],
        env: [...toolbox.env],
        resources: resources({
          cpuRequest: '10m',
          memoryRequest: toolbox.memory.request,
          memoryLimit: toolbox.memory.limit,
        }),
        volumeMounts: [{ name: tmp, mountPath: '/tmp' }, ...(toolbox.mounts ?? [])],
      },
    ],
    volumes: [{ name: tmp, emptyDir: {} }, ...(toolbox.volumes ?? [])],
  };
}

/**
 * A pod that the commands `event-platform events`, `state` and `doctor` work through, with rights of its own. Its app
 * publishes to every topic of a pub/sub component through a sidecar, as other apps do: a broker's own tools would put an
 * event into another partition than the events of its key are in. A second container has the broker's command line, and
 * an account that reads topics and sets where groups go on.
 *
 * Declare it last: it may use the topics that are there. Who may run `kubectl exec` in the namespace may do what it may.
 *
 * @example
 * new EventTools(platform, 'event-tools', { pubSub });
 */
export class EventTools extends EventApp {
  /** The broker's command line; undefined if there is none. */
  public readonly toolbox: Toolbox | undefined;
  /** Why there is no command line of the broker, with the remedy; undefined where there is one. */
  public readonly toolboxProblem: string | undefined;
  /** Stores whose values are looked at. */
  public readonly stateStores: readonly DaprStateStore[];

  public constructor(scope: Construct, id: string, props: EventToolsProps) {
    let toolbox: Toolbox | string | undefined;
    super(
      scope,
      id,
      { ...props, manifest: (props as Partial<typeof props> | undefined)?.manifest ?? EVENT_TOOLS },
      {
        component: 'tools',
        checkProps: (problems) => problems.props(props, SHAPE),
        serves: false,
        receives: false,
        problems: ({ manifest: { appId, publishes = [], subscribes = [] } }) => [
          publishes.length + subscribes.length > 0 &&
            `app manifest '${appId}' publishes or subscribes to ${typesOf([...publishes, ...subscribes])}, and EventTools may publish every event: leave them out`,
        ],
        workload: (_app, { manifest, pubSub: { broker } }) => {
          toolbox = broker.toolbox?.({
            account: `${manifest.appId}-console`,
            workload: manifest.appId,
          });
          return {
            env: [
              { name: RUNTIME_ENV.appPort, value: String(manifest.port) },
              ...stateServersEnv(props.stateStores ?? []),
            ],
            platformImage: EVENT_TOOLS.appId,
            ...(typeof toolbox === 'object' && { companions: companionsOf(toolbox) }),
          };
        },
      },
    );
    const { broker, topics } = this.pubSub;
    const kind = broker.kind ?? broker.node.id;
    this.toolbox = typeof toolbox === 'object' ? toolbox : undefined;
    this.toolboxProblem =
      toolbox === undefined ? `${kind} has no command line for events` : this.#reason(toolbox);
    this.stateStores = [...(props.stateStores ?? [])];
    topics.forEach((topic) => topic.grantOperate(this));
    this.stateStores.forEach((store) => store.grantAccess(this));
    if (this.toolbox !== undefined) {
      this.allowEgress(this.toolbox.peer);
    }
    validateLater(this, () => this.#problems());
  }

  #reason(toolbox: Toolbox | string): string | undefined {
    return typeof toolbox === 'string' ? toolbox : undefined;
  }

  #problems() {
    const late = this.pubSub.topics.filter(({ operators }) => !operators.includes(this.appId));
    return coded(
      'EP5004',
      this.pubSub.topics.length === 0 &&
        `pub/sub '${this.pubSub.name}' has no topics: declare EventTools behind the apps that use it, or leave it out`,
      late.length > 0 &&
        `may not use the topics that are declared behind it (${late.map(({ name }) => name).join(', ')}): declare EventTools last`,
    );
  }
}
