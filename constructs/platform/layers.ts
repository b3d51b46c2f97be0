import type { IConstruct } from 'constructs';

/** Parts of a platform in the order in which they are applied. */
export enum Layer {
  /** The namespace and what holds for all of it. */
  NAMESPACE = '10-namespace',
  /** Brokers, databases, and the Jobs that prepare them. */
  BROKER_AND_STATE = '20-broker-and-state',
  /** Dapr's Components, Subscriptions, Resiliency and Configuration. */
  COMPONENTS = '30-components',
  /** Producers and consumers. */
  APPS = '40-apps',
  /** Autoscalers, alerts and scraping. */
  SCALING_AND_ALERTS = '50-scaling-and-alerts',
}

const CONTEXT_KEY = 'cdk8s-event-platform/layer';

/**
 * Puts a construct, and what is created below it later, into a layer. Call it before the construct
 * gets children.
 */
export function assignLayer(scope: IConstruct, layer: Layer): void {
  scope.node.setContext(CONTEXT_KEY, layer);
}

/** The layer of the nearest construct that was assigned one; apps unless told otherwise. */
export function layerOf(scope: IConstruct): Layer {
  return (scope.node.tryGetContext(CONTEXT_KEY) as Layer | undefined) ?? Layer.APPS;
}
