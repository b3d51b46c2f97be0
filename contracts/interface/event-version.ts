import type { EventContract } from '../event-contract.ts';

/** What names a version of an event. */
export type EventVersionName = Pick<EventContract, 'type' | 'version'>;

/** The first number of a version, e.g. 2 of `2.1.0`. */
export function majorOf(version: string): number {
  return Number(version.split('.', 1)[0]);
}

/** Name of a contract in all its minor versions, e.g. `com.example.order.placed@2`. */
export function contractName(contract: EventVersionName): string {
  return `${contract.type}@${majorOf(contract.version)}`;
}

const DATA_SCHEMA = /^urn:event-platform:([a-z0-9.-]+):(\d+\.\d+\.\d+)$/;

/**
 * CloudEvents `dataschema` of a contract's events, e.g. `urn:event-platform:com.example.order.placed:1.0.0`.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#dataschema
 */
export function dataSchemaOf({ type, version }: EventVersionName): string {
  return `urn:event-platform:${type}:${version}`;
}

/** The version that a `dataschema` names; undefined without one, and for one that others have given. */
export function parseDataSchema(dataschema: unknown): EventVersionName | undefined {
  const [, type, version] =
    typeof dataschema === 'string' ? (DATA_SCHEMA.exec(dataschema) ?? []) : [];
  return type === undefined || version === undefined ? undefined : { type, version };
}

/**
 * Which of several contracts of one type an event was published by: that of its major version. An event
 * without a `dataschema` is of the oldest one; it may have been published before events had any.
 *
 * @param contracts each of another major version.
 * @returns undefined for a version that is not among them.
 */
export function contractOfEvent<Contract extends EventVersionName>(
  contracts: readonly Contract[],
  { dataschema }: { readonly dataschema?: unknown },
): Contract | undefined {
  const named = parseDataSchema(dataschema);
  if (named !== undefined) {
    return contracts.find((contract) => contractName(contract) === contractName(named));
  }
  const [oldest] = [...contracts].sort((a, b) => majorOf(a.version) - majorOf(b.version));
  return oldest;
}
