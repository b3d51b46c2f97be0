import type { IConstruct } from 'constructs';
import { EventPlatform } from '../platform/event-platform.ts';
import { shortHash } from '../core/names.ts';
import type { Register } from '../platform/registers.ts';

/** The dashboards of a platform. */
export enum DashboardName {
  KAFKA_OVERVIEW = 'kafka-overview',
  CONSUMER_LAG = 'consumer-lag',
  DAPR = 'dapr',
  CONSUMERS = 'consumers',
  DEAD_LETTERS = 'dead-letters',
  SAGAS = 'sagas',
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

/** Dashboards, by their UID. */
export const DASHBOARDS: Register = { name: 'dashboards' };

/** Says that a construct is the dashboard of this name. */
export function declareDashboard(scope: IConstruct, name: string): void {
  EventPlatform.of(scope).registers.enter(DASHBOARDS, scope, dashboardUid(scope, name));
}

/** URL of a dashboard, or its path where nobody has said on which host; undefined when the platform does not have it. Asked for when all is declared. */
export function dashboardUrl(scope: IConstruct, link: DashboardLink): string | undefined {
  const { registers, links } = EventPlatform.of(scope);
  const uid = dashboardUid(scope, link.dashboard);
  if (registers.find(DASHBOARDS, uid) === undefined) {
    return undefined;
  }
  const variables = new URLSearchParams(
    Object.entries(link.variables ?? {}).map(
      ([name, value]) => [`var-${name}`, value] as [string, string],
    ),
  );
  const query = variables.size === 0 ? '' : `?${variables.toString()}`;
  return `${links.grafana ?? ''}/d/${uid}${query}`;
}
