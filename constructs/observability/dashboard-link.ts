import type { IConstruct } from 'constructs';
import { EventPlatform } from '../core/event-platform.ts';
import { shortHash } from '../core/names.ts';

/** The dashboards of a platform. */
export enum DashboardName {
  KAFKA_OVERVIEW = 'kafka-overview',
  CONSUMER_LAG = 'consumer-lag',
  DAPR = 'dapr',
  CONSUMERS = 'consumers',
  DEAD_LETTERS = 'dead-letters',
}

/** A dashboard, and what to choose on it. */
export interface DashboardLink {
  readonly dashboard: DashboardName;
  /** Values of its variables. @default - all of each */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Longest UID that Grafana takes. */
const MAX_UID_LENGTH = 40;

/** What a Grafana, which may show several platforms, knows a dashboard of this one by. */
export function dashboardUid(scope: IConstruct, name: string): string {
  const uid = `${EventPlatform.of(scope).environment.namespace}-${name}`;
  return uid.length <= MAX_UID_LENGTH
    ? uid
    : `${uid.slice(0, MAX_UID_LENGTH - 11)}-${shortHash(uid)}`;
}

const METADATA = 'cdk8s-event-platform/dashboard';

/** Says that a construct is the dashboard of this name. */
export function declareDashboard(scope: IConstruct, name: string): void {
  scope.node.addMetadata(METADATA, name);
}

/** URL of a dashboard, or its path where nobody has said on which host; undefined when the platform does not have it. Asked for when all is declared. */
export function dashboardUrl(scope: IConstruct, link: DashboardLink): string | undefined {
  const platform = EventPlatform.of(scope);
  const declared = platform.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .some(({ type, data }) => type === METADATA && data === link.dashboard);
  if (!declared) {
    return undefined;
  }
  const variables = new URLSearchParams(
    Object.entries(link.variables ?? {}).map(
      ([name, value]) => [`var-${name}`, value] as [string, string],
    ),
  );
  const query = variables.size === 0 ? '' : `?${variables.toString()}`;
  return `${platform.links.grafana ?? ''}/d/${dashboardUid(scope, link.dashboard)}${query}`;
}
