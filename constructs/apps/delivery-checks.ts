import { Lazy } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import {
  retryLimitProblems,
  type RetryPolicy,
  retryProblems,
  retryTimes,
} from '../dapr/retry-policy.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import { otherPlatformProblem } from '../platform/same-platform.ts';
import { typesOf } from './app-checks.ts';
import { bulkDelivery } from './bulk-delivery.ts';
import { DELIVERY_OPTIONS, type EventAppProps } from './event-app-props.ts';
import { stopTimes } from './stop-times.ts';
import { coded, type Problem } from '@cdk8s-event-platform/contracts/internal';

/** Problems of how an app receives events; of one that receives none, that it is told how. */
export function deliveryProblems(scope: IConstruct, props: EventAppProps): Problem[] {
  const { manifest, database } = props;
  const { appId, subscribes = [] } = manifest;
  if (subscribes.length === 0) {
    return coded(
      'EP2005',
      ...(Object.keys(DELIVERY_OPTIONS) as (keyof typeof DELIVERY_OPTIONS)[]).map(
        (option) =>
          props[option] !== undefined &&
          `${option} is about the events that an app receives, and app manifest '${appId}' subscribes to nothing: leave it out, or list events under 'subscribes'`,
      ),
    );
  }
  return [
    ...coded(
      'EP4006',
      database === undefined &&
        props.command === undefined &&
        `app manifest '${appId}' subscribes to ${typesOf(subscribes)}, and there is no database to remember what was processed: give it one, as the property 'database', or the 'command' of an image that remembers by itself`,
    ),
    ...coded(
      'EP4005',
      database === undefined &&
        props.deadLetters !== undefined &&
        `deadLetters '${props.deadLetters.node.path}' writes to the quarantine of an app, and app '${appId}' has no database to keep one in: leave deadLetters out, and the events stay in their dead-letter topic, or give it a database`,
    ),
    ...deadLetterProblems(scope, props),
    ...coded('EP4004', ...deliveryRetryProblems(props)),
    ...coded('EP1003', ...bulkDelivery(props).problems),
    ...coded('EP1001', inboxRetentionProblem(props)),
  ];
}

/** The inbox has a table for each day, and makes all of them when it is new: within the time for one statement. */
export const MAX_INBOX_DAYS = 1_096;

function inboxRetentionProblem({ inboxRetention }: EventAppProps): string | undefined {
  const days = inboxRetention?.toDays({ integral: false });
  return days === undefined || (days >= 1 && days <= MAX_INBOX_DAYS)
    ? undefined
    : `inboxRetention (${inboxRetention!.toHumanString()}) must be from 1 to ${MAX_INBOX_DAYS} days`;
}

/** What is wrong with the retries of a consumer, whose default goes together with every broker. */
function deliveryRetryProblems(props: EventAppProps): string[] {
  const { retries, pubSub } = props;
  if (retries === undefined) {
    return [];
  }
  const problems = retryProblems(retries, 'retries.');
  const { maxRetryTime } = pubSub.broker;
  return problems.length > 0
    ? problems
    : retryLimitProblems(retries, { drain: stopTimes(props).drain, maxRetryTime }, 'retries.');
}

/** What an app is told of how it receives events, where that is not the platform's. */
export function deliveryEnv(
  { retries, epoch = 0 }: EventAppProps,
  database: PostgresDatabase | undefined,
): k8s.EnvVar[] {
  const inboxDays = Lazy.any({
    produce: () => String(database?.inboxRetention.toDays()),
  }) as string;
  return [
    ...(database === undefined ? [] : [{ name: RUNTIME_ENV.inboxDays, value: inboxDays }]),
    ...(retries === undefined ? [] : retryEnv(retries)),
    ...(epoch > 0 ? [{ name: RUNTIME_ENV.consumerEpoch, value: String(epoch) }] : []),
  ];
}

function retryEnv(retries: RetryPolicy): k8s.EnvVar[] {
  const { longestTotal, longestWait } = retryTimes(retries);
  return [
    { name: RUNTIME_ENV.retryWindow, value: String(Math.ceil(longestTotal) + 1) },
    { name: RUNTIME_ENV.retryGap, value: String(Math.ceil(longestWait) + 1) },
  ];
}

/** Why the dead letters of a consumer cannot be collected by whom it names. */
function deadLetterProblems(scope: IConstruct, { deadLetters, pubSub }: EventAppProps): Problem[] {
  const elsewhere = otherPlatformProblem(scope, 'deadLetters', deadLetters);
  return [
    ...coded('EP5002', elsewhere),
    ...coded(
      'EP4005',
      elsewhere === undefined &&
        deadLetters !== undefined &&
        deadLetters.pubSub !== pubSub &&
        `deadLetters '${deadLetters.node.path}' collects from pub/sub '${deadLetters.pubSub.node.path}', and the dead letters are in '${pubSub.node.path}': give it a DeadLetterProcessor with the same pub/sub`,
    ),
  ];
}
