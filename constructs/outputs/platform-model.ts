/** What a node of the picture stands for. */
export type NodeKind =
  'producer' | 'consumer' | 'dead-letter-processor' | 'topic' | 'dead-letter-topic' | 'store';

/** One box of the picture. */
export interface PlatformNode {
  /** Unique in the model; letters, digits and `_` alone, and no word of a drawing language. */
  readonly id: string;
  /** What it stands for. */
  readonly kind: NodeKind;
  /** Name of the app, topic or store, as the cluster has it. */
  readonly name: string;
  /** What else is said of it, a line each: pods, scaler, partitions. */
  readonly details: readonly string[];
}

/** Nodes that belong together. A group without nodes is left out. */
export interface PlatformGroup {
  /** Unique in the model, as the id of a node. */
  readonly id: string;
  /** What the nodes are, e.g. `Consumers`, or the broker that the topics are on. */
  readonly title: string;
  /** The nodes, by name; dead-letter topics come behind their topics. */
  readonly nodes: readonly PlatformNode[];
}

/**
 * What an arrow of the picture says. Each starts where the data comes from, so `receives` and
 * `collects` start at a topic.
 */
export type EdgeKind = 'publishes' | 'receives' | 'dead-letters' | 'collects' | 'keeps-state-in';

/** One arrow of the picture. */
export interface PlatformEdge {
  /** Id of the node that the data comes from. */
  readonly from: string;
  /** Id of the node that the data goes to. */
  readonly to: string;
  /** What the arrow says. */
  readonly kind: EdgeKind;
  /** Types of the events, where the arrow is about events that an app publishes. */
  readonly eventTypes: readonly string[];
}

/** A platform as boxes and arrows: plain data that any drawing can be made from. */
export interface PlatformModel {
  /** From left to right: producers, a group for each broker, consumers, dead letters, stores. */
  readonly groups: readonly PlatformGroup[];
  /** In the order of the groups and nodes that they start from. */
  readonly edges: readonly PlatformEdge[];
}

/** Colours of a kind of node, which show on white and on dark. */
export interface NodeColours {
  /** Of the area. */
  readonly fill: string;
  /** Of the border, and of arrows that belong to the kind. */
  readonly stroke: string;
}

/** Colour of text in nodes. */
export const TEXT_COLOUR = '#111827';

/** Colours of nodes, by kind. */
export const NODE_COLOURS: Readonly<Record<NodeKind, NodeColours>> = {
  producer: { fill: '#dbeafe', stroke: '#2563eb' },
  consumer: { fill: '#dbeafe', stroke: '#2563eb' },
  'dead-letter-processor': { fill: '#fee2e2', stroke: '#dc2626' },
  topic: { fill: '#fef3c7', stroke: '#d97706' },
  'dead-letter-topic': { fill: '#fee2e2', stroke: '#dc2626' },
  store: { fill: '#dcfce7', stroke: '#16a34a' },
};

/** Colours of arrows, by what they say. */
export const EDGE_COLOURS: Readonly<Record<EdgeKind, string>> = {
  publishes: NODE_COLOURS.producer.stroke,
  receives: NODE_COLOURS.topic.stroke,
  'dead-letters': NODE_COLOURS['dead-letter-topic'].stroke,
  collects: NODE_COLOURS['dead-letter-topic'].stroke,
  'keeps-state-in': NODE_COLOURS.store.stroke,
};
