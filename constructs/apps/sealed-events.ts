import { Lazy } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import type { AppManifest, EventContract } from '@cdk8s-event-platform/contracts';
import {
  CLAIM_DAYS_ENV,
  PERSONAL_DATA_ENV,
  PERSONAL_DATA_SECRET,
} from '@cdk8s-event-platform/contracts/interface';
import { contractsOfStreams, type Mark, marksOf } from '@cdk8s-event-platform/contracts/internal';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import { isTimed } from '../messaging/topic-policies.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import { type SecretReference, SecretValue } from '../security/secret-reference.ts';

/** The Secret with the master key of personal data. */
const MASTER_KEY: SecretReference = {
  name: PERSONAL_DATA_SECRET,
  keys: { current: SecretValue.random() },
};

function withMark(contracts: readonly EventContract[] = [], mark: Mark): readonly EventContract[] {
  return contracts.filter(({ schema }) => marksOf(schema).has(mark));
}

function withPersonalData({ publishes = [], subscribes = [], streams = [] }: AppManifest) {
  const contracts = [...publishes, ...subscribes, ...streams.flatMap(contractsOfStreams)];
  return contracts.filter(({ schema }) => marksOf(schema).has('pii'));
}

/** The first app that has the keys of an event's personal data, by type. */
const keepers = new WeakMap<
  EventPlatform,
  Map<string, { readonly database: PostgresDatabase; readonly path: string }>
>();

/** Why an app could not read or write the personal data in its events; empty when it could. */
export function personalDataProblems(
  scope: IConstruct,
  manifest: AppManifest,
  database: PostgresDatabase | undefined,
): string[] {
  const known = keepers.get(EventPlatform.of(scope));
  return withPersonalData(manifest).flatMap(({ type }) => {
    if (database === undefined) {
      return [
        `event '${type}' holds personal data, and app '${manifest.appId}' has no database with the keys of people: give it one, as the property 'database'`,
      ];
    }
    const other = known?.get(type);
    return other === undefined || other.database === database
      ? []
      : [
          `event '${type}' holds personal data whose keys are in the database '${other.database.node.path}' of '${other.path}', and app '${manifest.appId}' has '${database.node.path}': give both the same database`,
        ];
  });
}

/** Variables of an app whose events hold personal data, or large values. */
export function sealingEnv(
  scope: IConstruct,
  manifest: AppManifest,
  database: PostgresDatabase | undefined,
  pubSub: DaprPubSub,
): k8s.EnvVar[] {
  const platform = EventPlatform.of(scope);
  const personal = withPersonalData(manifest);
  const large = withMark(manifest.publishes, 'claimCheck');
  if (personal.length > 0 && database !== undefined) {
    platform.addSecret(MASTER_KEY);
    const known = keepers.get(platform) ?? new Map<string, never>();
    keepers.set(platform, known);
    personal
      .filter(({ type }) => !known.has(type))
      .forEach(({ type }) => known.set(type, { database, path: scope.node.path }));
  }
  return [
    ...(personal.length > 0 ? masterKeyEnv() : []),
    ...(large.length > 0
      ? [
          {
            name: CLAIM_DAYS_ENV,
            value: Lazy.any({
              produce: () => claimDays(large.map((contract) => pubSub.topicOf(contract))),
            }) as string,
          },
        ]
      : []),
  ];
}

function masterKeyEnv(): k8s.EnvVar[] {
  const from = (name: string, key: string, optional = false): k8s.EnvVar => ({
    name,
    valueFrom: { secretKeyRef: { name: PERSONAL_DATA_SECRET, key, ...(optional && { optional }) } },
  });
  return [
    from(PERSONAL_DATA_ENV.key, 'current'),
    from(PERSONAL_DATA_ENV.previousKey, 'previous', true),
  ];
}

/** Days for which events of topics may be delivered: from the topic, and then from the dead letters; `unlimited` where a topic keeps them for good. */
function claimDays(topics: readonly ReturnType<DaprPubSub['topicOf']>[]): string {
  const days = topics.map(({ spec: { retention }, deadLetterRetention }) =>
    isTimed(retention)
      ? (retention.toMilliseconds() + deadLetterRetention.toMilliseconds()) / 86_400_000
      : Infinity,
  );
  return days.includes(Infinity) ? 'unlimited' : String(Math.ceil(Math.max(...days)) + 1);
}
