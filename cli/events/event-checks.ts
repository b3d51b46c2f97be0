import type { EventContract } from '@cdk8s-event-platform/contracts';
import { contractName, contractOfEvent } from '@cdk8s-event-platform/contracts/interface';
import { compileSchema, keyIn } from '@cdk8s-event-platform/contracts/internal';
import type { EventPlatform, TopicRecord } from 'cdk8s-event-platform';
import { UsageError } from '../command-line.ts';
import { declaredContracts } from '../contract-lock/declared-contracts.ts';

/** The contracts of a platform's apps. */
export function contractsOf(platform: EventPlatform): readonly EventContract[] {
  return [...declaredContracts([platform]).values()]
    .flat()
    .map(({ contract }) => contract)
    .sort((a, b) => (contractName(a) < contractName(b) ? -1 : 1));
}

function newestFirst(a: EventContract, b: EventContract): number {
  return b.version.localeCompare(a.version, 'en', { numeric: true });
}

/** The contract of a type, by default its newest version. @throws UsageError for an unknown type or version */
export function contractOfType(
  contracts: readonly EventContract[],
  type: string,
  version?: string,
): EventContract {
  const ofType = contracts.filter((contract) => contract.type === type).sort(newestFirst);
  const found = ofType.find((each) => version === undefined || each.version === version);
  if (found === undefined) {
    const [what, known] =
      ofType.length === 0
        ? [`no event '${type}'`, contracts.map((contract) => contract.type)]
        : [`event '${type}' has no version '${version}'`, ofType.map((each) => each.version)];
    throw new UsageError(`${what}: use one of ${[...new Set(known)].join(', ')}`);
  }
  return found;
}

/** Topic of a type, or of a topic's name. @throws UsageError when the platform has neither */
export function topicOf(contracts: readonly EventContract[], name: string): string {
  const found =
    contracts.find(({ topic }) => topic === name) ??
    // Dead letters are of a topic and a consumer.
    contracts.find(({ topic }) => name.startsWith(`${topic}.`) && name.endsWith('.dlq'));
  if (found !== undefined) {
    return name;
  }
  return contractOfType(contracts, name).topic;
}

/** What a record of a topic is. */
export interface CheckedRecord {
  readonly position: string;
  readonly time?: string | undefined;
  readonly type?: string | undefined;
  readonly id?: string | undefined;
  readonly key?: string | undefined;
  /** Why it does not match its contract; empty when it does. */
  readonly problems: readonly string[];
  /** The CloudEvent, or the text if it is not one; undefined without a value. */
  readonly event?: unknown;
}

interface Envelope {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly time?: unknown;
  readonly dataschema?: unknown;
  readonly data?: unknown;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Checks what topics hold by contracts, each schema compiled once. */
export function recordCheck(
  contracts: readonly EventContract[],
): (record: TopicRecord) => CheckedRecord {
  const schemas = new Map<EventContract, ReturnType<typeof compileSchema>>();
  const reasons = (contract: EventContract, data: unknown) => {
    const validate = schemas.get(contract) ?? compileSchema(contract);
    schemas.set(contract, validate);
    return validate(data)
      ? []
      : (validate.errors ?? []).map(
          ({ instancePath, message, keyword }) => `data${instancePath} ${message ?? keyword}`,
        );
  };
  return ({ position, key, time, value }) => {
    if (value === undefined) {
      return { position, key, time, problems: ['it has no value'] };
    }
    const text = Buffer.from(value).toString();
    let event: Envelope | null;
    try {
      event = JSON.parse(text) as Envelope | null;
    } catch {
      return { position, key, time, problems: ['it is not JSON'], event: text };
    }
    if (typeof event !== 'object' || event === null || typeof event.type !== 'string') {
      return { position, key, time, problems: ['it is not a CloudEvent'], event };
    }
    const { type, data } = event;
    const ofType = contracts.filter((contract) => contract.type === type);
    const contract = contractOfEvent(ofType, event);
    const own = contract && keyIn(contract, data);
    return {
      position,
      time: time ?? textOf(event.time),
      type,
      id: textOf(event.id),
      key: key ?? own,
      problems:
        ofType.length === 0
          ? [`no contract is of type ${type}`]
          : contract === undefined
            ? [`no contract has the version of ${String(event.dataschema)}`]
            : reasons(contract, data),
      event,
    };
  };
}
