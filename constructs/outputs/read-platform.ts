import type { IConstruct } from 'constructs';
import type { IMessageBroker } from '../messaging/message-broker.ts';
import { DeadLetterProcessor } from '../apps/dead-letter-processor.ts';
import { EventTools } from '../apps/event-tools.ts';
import { EventApp } from '../apps/event-app.ts';
import { deadLetterTopic } from '@cdk8s-event-platform/contracts/interface';
import type { EventPlatform } from '../platform/event-platform.ts';
import { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import { DaprStateStore } from '../dapr/dapr-state-store.ts';
import type { Topic } from '../messaging/topic.ts';
import { PostgresDatabase } from '../data/postgres-database.ts';
import { CpuScaler } from '../scaling/cpu-scaler.ts';
import { KedaLagScaler } from '../scaling/keda-lag-scaler.ts';
import type {
  EdgeKind,
  NodeKind,
  PlatformEdge,
  PlatformGroup,
  PlatformModel,
  PlatformNode,
} from './platform-model.ts';

type Scaler = KedaLagScaler | CpuScaler;

/** Constructs of a class, in the order of the tree. */
type Constructs = <Type extends IConstruct>(
  type: abstract new (...args: never[]) => Type,
) => Type[];

function constructsOf(platform: EventPlatform): Constructs {
  const constructs = platform.node.findAll();
  return <Type extends IConstruct>(type: abstract new (...args: never[]) => Type) =>
    constructs.filter((construct): construct is Type => construct instanceof type);
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** How many pods, and who says so. */
function podDetails(app: EventApp, scaler: Scaler | undefined): string[] {
  if (scaler === undefined) {
    return [count(app.replicas, 'pod')];
  }
  const { minReplicas, maxReplicas } = scaler;
  return [
    minReplicas === maxReplicas
      ? count(maxReplicas, 'pod')
      : `${minReplicas} to ${count(maxReplicas, 'pod')}`,
    scaler instanceof KedaLagScaler
      ? `KEDA: lag ${scaler.lagThreshold} per pod`
      : `HPA: CPU ${scaler.targetUtilization} %`,
  ];
}

/** The sagas that an app runs. */
function sagaDetails({ manifest: { sagas = [] } }: EventApp): string[] {
  const names = [...new Set(sagas.map(({ name }) => name))];
  return names.length === 0 ? [] : [`${names.length === 1 ? 'saga' : 'sagas'} ${names.join(', ')}`];
}

/** Collects nodes, groups and edges; ids are unique whatever the names are. */
class Drawing {
  readonly #ids = new Set<string>();
  readonly #groups: PlatformGroup[] = [];
  readonly #edges: PlatformEdge[] = [];

  public id(prefix: string, name: string): string {
    const wanted = `${prefix}_${name.replaceAll(/[^A-Za-z0-9]/g, '_')}`;
    let id = wanted;
    for (let number = 2; this.#ids.has(id); number++) {
      id = `${wanted}_${number}`;
    }
    this.#ids.add(id);
    return id;
  }

  public node(kind: NodeKind, name: string, details: readonly string[]): PlatformNode {
    return { id: this.id(kind.replaceAll('-', '_'), name), kind, name, details };
  }

  public group(title: string, nodes: readonly PlatformNode[]): void {
    this.#groups.push({ id: this.id('group', title), title, nodes });
  }

  public edge(
    kind: EdgeKind,
    from: PlatformNode | undefined,
    to: PlatformNode | undefined,
    eventTypes: readonly string[] = [],
  ): void {
    if (from !== undefined && to !== undefined) {
      this.#edges.push({ from: from.id, to: to.id, kind, eventTypes });
    }
  }

  public model(): PlatformModel {
    const groups = this.#groups.filter(({ nodes }) => nodes.length > 0);
    const ids = groups.flatMap(({ nodes }) => nodes.map(({ id }) => id));
    const places = new Map(ids.map((id, index) => [id, index]));
    const place = ({ from, to }: PlatformEdge) =>
      (places.get(from) ?? -1) * ids.length + (places.get(to) ?? -1);
    return { groups, edges: this.#edges.sort((a, b) => place(a) - place(b)) };
  }
}

/** What an app is, by what it does. */
function kindOf(appId: string, topics: readonly Topic[]): NodeKind {
  if (topics.some((topic) => topic.subscribers.includes(appId))) {
    return 'consumer';
  }
  return topics.some((topic) => topic.collectors.includes(appId))
    ? 'dead-letter-processor'
    : 'producer';
}

/** A node for each app, by app id: of our constructs, and of others that have a right. */
function appNodes(all: Constructs, drawing: Drawing, topics: readonly Topic[]) {
  const scalers = new Map<IConstruct, Scaler>(
    [...all(KedaLagScaler), ...all(CpuScaler)].map((scaler) => [scaler.target, scaler]),
  );
  const apps = new Map<string, { kind: NodeKind; details: string[] }>();
  // What operators may do is no part of the flow of events.
  for (const app of all(EventApp).filter((each) => !(each instanceof EventTools))) {
    apps.set(app.appId, {
      kind:
        app instanceof DeadLetterProcessor ? 'dead-letter-processor' : kindOf(app.appId, topics),
      details: [...sagaDetails(app), ...podDetails(app, scalers.get(app))],
    });
  }
  for (const appId of [
    ...topics.flatMap(({ publishers, subscribers, collectors }) => [
      ...publishers,
      ...subscribers,
      ...collectors,
    ]),
    ...all(DaprStateStore).flatMap((store) => store.appIds),
  ]) {
    if (!apps.has(appId)) {
      apps.set(appId, { kind: kindOf(appId, topics), details: [] });
    }
  }
  return new Map(
    [...apps]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([appId, { kind, details }]) => [appId, drawing.node(kind, appId, details)]),
  );
}

/** The nodes of a topic and of its dead-letter topics, with the arrows at them. */
function topicNodes(
  drawing: Drawing,
  topic: Topic,
  apps: ReadonlyMap<string, PlatformNode>,
): PlatformNode[] {
  const { partitions, replicationFactor } = topic.spec;
  // How many copies there are of an imported topic is for others to say.
  const provision = topic.imported ? 'imported' : count(replicationFactor, 'copy', 'copies');
  const node = drawing.node('topic', topic.name, [
    `${count(partitions, 'partition')}, ${provision}`,
  ]);
  for (const appId of topic.publishers) {
    drawing.edge('publishes', apps.get(appId), node, topic.publishedBy(appId));
  }
  const deadLetters = topic.subscribers.map((appId) => {
    const name = deadLetterTopic(topic.name, appId);
    const letters = drawing.node('dead-letter-topic', name, []);
    drawing.edge('receives', node, apps.get(appId));
    drawing.edge('dead-letters', apps.get(appId), letters);
    for (const collector of topic.collectors) {
      if (topic.collectedBy(collector).includes(name)) {
        drawing.edge('collects', letters, apps.get(collector));
      }
    }
    return letters;
  });
  return [node, ...deadLetters];
}

/** A node for each database and state store, with the arrows of who keeps state there. */
function storeNodes(
  all: Constructs,
  drawing: Drawing,
  apps: ReadonlyMap<string, PlatformNode>,
): PlatformNode[] {
  const users = all(EventApp);
  const databases = all(PostgresDatabase).map((database) => {
    const node = drawing.node('store', database.database, [
      database.server === undefined ? 'PostgreSQL, run elsewhere' : 'PostgreSQL',
    ]);
    for (const app of users.filter((candidate) => candidate.database === database)) {
      drawing.edge('keeps-state-in', apps.get(app.appId), node);
    }
    return node;
  });
  const stateStores = all(DaprStateStore).map((store) => {
    const node = drawing.node('store', store.name, [`state, in ${store.backend.kind}`]);
    for (const appId of store.appIds) {
      drawing.edge('keeps-state-in', apps.get(appId), node);
    }
    return node;
  });
  return [...databases, ...stateStores];
}

/**
 * Reads what a platform is made of from its construct tree: apps with their scalers, brokers with
 * their topics and dead-letter topics, and stores. Call it once everything is declared.
 */
export function readPlatform(platform: EventPlatform): PlatformModel {
  const drawing = new Drawing();
  const all = constructsOf(platform);
  const pubSubs = all(DaprPubSub);
  const apps = appNodes(
    all,
    drawing,
    pubSubs.flatMap(({ topics }) => topics),
  );
  const appsOf = (kind: NodeKind) => [...apps.values()].filter((node) => node.kind === kind);

  drawing.group('Producers', appsOf('producer'));
  for (const broker of new Set<IMessageBroker>(pubSubs.map((pubSub) => pubSub.broker))) {
    const topics = pubSubs
      .filter((pubSub) => pubSub.broker === broker)
      .flatMap((pubSub) => pubSub.topics)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    drawing.group(
      broker.kind ?? broker.node.id,
      topics.flatMap((topic) => topicNodes(drawing, topic, apps)),
    );
  }
  drawing.group('Consumers', appsOf('consumer'));
  drawing.group('Dead letters', appsOf('dead-letter-processor'));
  drawing.group('Stores', storeNodes(all, drawing, apps));
  return drawing.model();
}
