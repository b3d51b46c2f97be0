import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { contractOf, eventOf } from '../../app-images/testing/plain-events.ts';
import { defineApp, type EventContract } from '@cdk8s-event-platform/contracts';
import { Environment } from '../../constructs/index.ts';
import { TestPlatform } from '../../constructs/testing/fixtures.ts';
import { type KubernetesObject, Manifests } from '../../scripts/manifests.ts';
import type { RunningBroker } from '../../testkit/brokers/broker.ts';
import { type BrokerName, BROKERS } from '../../testkit/brokers/index.ts';
import { type SidecarPorts, sidecar, writeResources } from '../../testkit/platform/sidecar.ts';
import { freePorts, ManagedProcess } from '../../testkit/process.ts';
import { ensureTools } from '../../testkit/tools/index.ts';
import { ProbeApp } from './probe-app.ts';

/** An app that an experiment needs. */
export interface LabApp {
  readonly appId: string;
  /** Topics that it receives: `<app id>-0` and so on. @default 1 */
  readonly topics?: number;
  /** Whether it receives in bulk, where the broker is allowed to. @default false */
  readonly bulk?: boolean;
}

/** What of an app is not as it is rendered. */
export interface LabSidecarOptions {
  /** Changes a rendered object. @default - nothing */
  readonly change?: (object: RenderedObject) => RenderedObject;
  /** More variables of the sidecar. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the sidecar finds the broker, by the address that the others use. @default - there */
  readonly addresses?: Readonly<Record<string, string>>;
}

/** A rendered object that experiments change: a Component, a Subscription or a Resiliency. */
export interface RenderedObject extends KubernetesObject {
  readonly spec: KubernetesObject['spec'] & {
    /** Settings of a Component. */
    readonly metadata: readonly { readonly name: string; readonly value?: string }[];
    /** Of a Subscription. */
    readonly bulkSubscribe?: object;
    /** Of a Subscription. */
    readonly routes: object;
    /** Of a Resiliency. */
    readonly policies: object;
  };
}

/** An app with its sidecar. */
export interface LabPod {
  readonly app: ProbeApp;
  readonly sidecar: ManagedProcess;
  readonly ports: SidecarPorts;
}

/** App id of a producer of all topics. */
export const PRODUCER = 'probe-producer';
/** Name of the pub/sub component. */
export const PUBSUB = 'pubsub';

/** Topics of an app. */
export function topicsOf({ appId, topics = 1 }: LabApp): string[] {
  return Array.from({ length: topics }, (_, index) => `${appId}-${index}`);
}

/** A subscription of one of these apps without bulk, which consumers on Kafka are refused; any other object. */
function oneByOne(object: RenderedObject, apps: readonly string[]): RenderedObject {
  const { scopes = [] } = object as unknown as { scopes?: readonly string[] };
  if (object.kind !== 'Subscription' || !scopes.some((app) => apps.includes(app))) {
    return object;
  }
  const spec = { ...object.spec };
  Reflect.deleteProperty(spec, 'bulkSubscribe');
  return { ...object, spec };
}

/** A Deployment whose sidecar asks for no token: apps of experiments show none. Any other object as it is. */
function withoutTokens(object: RenderedObject): RenderedObject {
  if (object.kind !== 'Deployment') {
    return object;
  }
  const changed = structuredClone(object) as unknown as {
    spec: { template: { metadata: { annotations?: Record<string, string> } } };
  };
  const { annotations = {} } = changed.spec.template.metadata;
  for (const annotation of ['dapr.io/api-token-secret', 'dapr.io/app-token-secret']) {
    Reflect.deleteProperty(annotations, annotation);
  }
  return changed as unknown as RenderedObject;
}

/** A broker with the platform's own settings, and apps of experiments with real sidecars. */
export class Lab {
  readonly #pods: LabPod[] = [];
  #producer: LabPod | undefined;

  private constructor(
    public readonly broker: RunningBroker,
    /** The rendered objects. */
    public readonly manifests: Manifests,
    private readonly contracts: ReadonlyMap<string, EventContract>,
    /** Own folder of the lab. */
    private readonly folder: string,
    /** Folder of daprd. */
    private readonly dapr: string,
  ) {}

  /** Starts a broker, and provisions it for these apps. */
  public static async start(
    name: BrokerName,
    apps: readonly LabApp[],
    folder: string,
  ): Promise<Lab> {
    const setting = BROKERS[name];
    const { dapr } = ensureTools(['dapr']);
    const declared = new TestPlatform(Environment.local(), setting.declare);
    const contracts = new Map(
      apps.flatMap((app) => topicsOf(app).map((topic) => [topic, contractOf(topic)] as const)),
    );
    const image = { port: 8080, description: 'Plays a part in an experiment.' };
    declared.producer(defineApp({ ...image, appId: PRODUCER, publishes: [...contracts.values()] }));
    for (const app of apps) {
      const subscribes = topicsOf(app).map((topic) => contracts.get(topic)!);
      declared.consumer({}, defineApp({ ...image, appId: app.appId, subscribes }));
    }
    const single = apps.filter(({ bulk }) => bulk !== true).map(({ appId }) => appId);
    const manifests = new Manifests(
      (declared.objects() as unknown as RenderedObject[]).map((object) =>
        withoutTokens(oneByOne(object, single)),
      ),
    );
    const logs = join(folder, 'logs');
    mkdirSync(logs, { recursive: true });
    const broker = await setting.start({
      manifests,
      // The local environment has no accounts.
      secrets: [],
      folder: join(folder, 'broker'),
      logs,
    });
    await broker.provision();
    return new Lab(broker, manifests, contracts, folder, dapr);
  }

  /** The broker's address on loopback. */
  public get address(): string {
    return Object.values(this.broker.addresses)[0]!;
  }

  /** Starts an app and its sidecar. */
  public async pod(appId: string, options: LabSidecarOptions = {}): Promise<LabPod> {
    const { change = (object: RenderedObject) => object, env = {}, addresses = {} } = options;
    const app = await ProbeApp.start();
    const manifests = new Manifests(
      this.manifests.objects.map((object) => change(object as RenderedObject)),
    );
    const files = writeResources(
      manifests,
      [],
      { ...this.broker.addresses, ...addresses },
      join(this.folder, appId),
    );
    const [http, grpc, internal, metrics, open] = (await freePorts(5)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const ports = { http, grpc, internal, metrics, public: open };
    const deployment = manifests.only('Deployment', appId);
    const { spec } = sidecar(
      this.dapr,
      deployment,
      files,
      app.port,
      ports,
      join(this.folder, 'logs'),
    );
    const started = new ManagedProcess({ ...spec, env: { ...spec.env, ...env } });
    await started.start();
    const pod = { app, sidecar: started, ports };
    this.#pods.push(pod);
    return pod;
  }

  /** Starts a new sidecar for the producer, after a fault that may have ended the old one. */
  public async restartProducer(): Promise<void> {
    await this.#producer?.sidecar.stop('SIGKILL');
    this.#producer = undefined;
  }

  /** Ends the apps and sidecars of an experiment. */
  public async stopPods(): Promise<void> {
    const pods = this.#pods.splice(0);
    this.#producer = undefined;
    // What they have in hand is of no use any more.
    await Promise.all(pods.map((pod) => pod.sidecar.stop('SIGKILL')));
    pods.forEach(({ app }) => app.stop());
  }

  /** Publishes new events to a topic by a sidecar of a producer, and returns their ids. */
  public async publish(topic: string, count: number): Promise<string[]> {
    this.#producer ??= await this.pod(PRODUCER);
    const contract = this.contracts.get(topic)!;
    const events = Array.from({ length: count }, () =>
      eventOf(contract, crypto.randomUUID(), { id: 'x' }),
    );
    const response = await fetch(
      `http://127.0.0.1:${this.#producer.ports.http}/v1.0/publish/bulk/${PUBSUB}/${topic}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(
          events.map((event) => ({
            entryId: event.id,
            contentType: 'application/cloudevents+json',
            event,
          })),
        ),
      },
    );
    if (!response.ok) {
      throw new Error(`publishing to ${topic}: ${response.status} ${await response.text()}`);
    }
    return events.map(({ id }) => id);
  }
}
