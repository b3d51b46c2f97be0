import type { k8s } from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import {
  duration,
  either,
  having,
  number,
  oneOf,
  optional,
  type Shape,
  shaped,
  whole,
} from '@cdk8s-event-platform/contracts/internal';
import { RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import { otherPlatformProblem } from '../platform/same-platform.ts';
import type { BulkDelivery } from '../dapr/dapr-subscription.ts';
import {
  RETRY_POLICY,
  retryLimitProblems,
  type RetryPolicy,
  retryProblems,
  retryTimes,
} from '../dapr/retry-policy.ts';
import type { ConsumerAlertOptions } from '../observability/consumer-alerts.ts';
import type { DeliveryObjectiveOptions } from '../observability/delivery-objective.ts';
import { type KedaLagScalerOptions, LAG_SCALER_OPTIONS } from '../scaling/keda-lag-scaler.ts';
import { APP_OPTIONS, databaseCheck, manifestCheck, podsCheck, pubSubCheck } from './app-checks.ts';
import type { IdempotentConsumerProps } from './idempotent-consumer.ts';
import { stopTimes } from './stop-times.ts';

/** What each property of a consumer has to be. */
export const CONSUMER_PROPS: Shape<IdempotentConsumerProps> = {
  ...APP_OPTIONS,
  manifest: manifestCheck,
  pubSub: pubSubCheck,
  database: databaseCheck,
  replicas: optional(
    podsCheck(
      'is not a number of pods under normal load: use 1 or more, and scaling.minReplicas for zero',
    ),
  ),
  scaling: optional(either(oneOf(false), shaped<KedaLagScalerOptions>(LAG_SCALER_OPTIONS))),
  retries: optional(shaped<RetryPolicy>(RETRY_POLICY)),
  bulk: optional(
    either(
      oneOf(false),
      shaped<Partial<BulkDelivery>>({
        maxEvents: optional(number()),
        maxWait: optional(duration),
      }),
    ),
  ),
  deadLetters: optional(having('a DeadLetterProcessor', 'collect', 'appId')),
  epoch: optional(
    whole(
      0,
      1_000_000,
      'is not a number of a run through the log: use a whole number from 0 to 1000000',
    ),
  ),
  alerts: optional(
    shaped<ConsumerAlertOptions>({
      maxLag: optional(number()),
      maxDrainTime: optional(duration),
      lasting: optional(duration),
      maxProcessingTime: optional(duration),
      maxErrorShare: optional(number()),
    }),
  ),
  objective: optional(
    either(
      oneOf(false),
      shaped<DeliveryObjectiveOptions>({ within: optional(duration), share: optional(number()) }),
    ),
  ),
};

/** What is wrong with a consumer as a consumer. */
export function consumerProblems(
  scope: IConstruct,
  props: IdempotentConsumerProps,
): (string | false | undefined)[] {
  const { manifest } = props;
  return [
    ...deadLetterProblems(scope, props),
    (manifest.subscribes ?? []).length === 0 &&
      `app manifest '${manifest.appId}' subscribes to nothing: list its events under 'subscribes', or use EventProducer`,
    ...deliveryRetryProblems(props),
  ];
}

/** What is wrong with the retries of a consumer, whose default goes together with every broker. */
function deliveryRetryProblems(props: IdempotentConsumerProps): string[] {
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

/** What a consumer is told of its retries, where they are not the platform's. */
export function retryEnv({ retries }: IdempotentConsumerProps): k8s.EnvVar[] {
  if (retries === undefined) {
    return [];
  }
  const { longestTotal, longestWait } = retryTimes(retries);
  return [
    { name: RUNTIME_ENV.retryWindow, value: String(Math.ceil(longestTotal) + 1) },
    { name: RUNTIME_ENV.retryGap, value: String(Math.ceil(longestWait) + 1) },
  ];
}

/** Why the dead letters of a consumer cannot be collected by whom it names. */
function deadLetterProblems(
  scope: IConstruct,
  { deadLetters, pubSub }: IdempotentConsumerProps,
): (string | false | undefined)[] {
  const elsewhere = otherPlatformProblem(scope, 'deadLetters', deadLetters);
  return [
    elsewhere,
    elsewhere === undefined &&
      deadLetters !== undefined &&
      deadLetters.pubSub !== pubSub &&
      `deadLetters '${deadLetters.node.path}' collects from pub/sub '${deadLetters.pubSub.node.path}', and the dead letters are in '${pubSub.node.path}': give it a DeadLetterProcessor with the same pub/sub`,
  ];
}
