import { sample } from 'openapi-sampler';
import type { EventContract } from '@cdk8s-event-platform/contracts';
import { keyName } from '@cdk8s-event-platform/contracts/internal';
import { DaprPubSub, type EventPlatform } from 'cdk8s-event-platform';
import type { ContractView } from './types.ts';

/** The contracts of a platform's topics. */
export function contractsOf(platform: EventPlatform): EventContract[] {
  const topics = platform.node
    .findAll()
    .flatMap((construct) => (construct instanceof DaprPubSub ? construct.topics : []));
  return topics.flatMap(({ contracts }) => contracts);
}

/** A contract as the API shows it. */
export function contractView(contract: EventContract): ContractView {
  const { type, version, topic, key, description, schema } = contract;
  return { type, version, topic, key: keyName(key), description, schema };
}

/** Data that match a contract's schema, as far as types, lengths and formats go. */
export function sampleOf({ schema }: EventContract): unknown {
  return sample(schema as Parameters<typeof sample>[0], { quiet: true });
}
