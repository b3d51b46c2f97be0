import type { ResiliencyManifest, RetryManifest } from './rendered.ts';
import type { Scheduler } from './scheduler.ts';

/** How deliveries to an app are tried again. */
export interface DeliveryPolicy {
  /** Milliseconds before each further try, one after the other. */
  readonly waits: () => Iterable<number>;
  /** Milliseconds for the app's answer. @default - as long as it takes */
  readonly timeout?: number | undefined;
}

const NO_RETRIES: DeliveryPolicy = { waits: () => [] };

/** Dapr's own first wait in milliseconds, how it grows, and how far waits are spread. */
const FIRST_WAIT = 500;
const GROWTH = 1.5;
const SPREAD = 0.5;

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration as Go writes it, e.g. `1m30s`. @throws Error when it is not a duration. */
export function milliseconds(duration: string): number {
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== duration) {
    throw new Error(`'${duration}' is not a duration: use e.g. 10s or 500ms`);
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * MILLISECONDS[unit!]!, 0);
}

function* waitsOf(retry: RetryManifest): Iterable<number> {
  const { maxRetries = -1 } = retry;
  const longest = milliseconds(retry.maxInterval ?? '60s');
  const constant = milliseconds(retry.duration ?? '5s');
  let wait = Math.min(FIRST_WAIT, longest);
  for (let retries = 0; maxRetries < 0 || retries < maxRetries; retries++) {
    if (retry.policy === 'constant') {
      yield constant;
    } else {
      yield wait * (1 - SPREAD + 2 * SPREAD * Math.random());
      wait = Math.min(wait * GROWTH, longest);
    }
  }
}

/**
 * The policy of deliveries through a component, as Resiliency objects declare it.
 *
 * @throws Error for a circuit breaker, which this sidecar does not have.
 */
export function deliveryPolicy(
  resiliencies: readonly ResiliencyManifest[],
  component: string,
): DeliveryPolicy {
  for (const { metadata, spec } of resiliencies) {
    const inbound = spec.targets?.components?.[component]?.inbound;
    if (inbound !== undefined) {
      if ('circuitBreaker' in inbound) {
        throw new Error(
          `Resiliency '${metadata.name}' has a circuit breaker on deliveries, which is not supported: remove it`,
        );
      }
      const retry = spec.policies.retries?.[inbound.retry ?? ''];
      const timeout = spec.policies.timeouts?.[inbound.timeout ?? ''];
      return {
        waits: retry === undefined ? NO_RETRIES.waits : () => waitsOf(retry),
        timeout: timeout === undefined ? undefined : milliseconds(timeout),
      };
    }
  }
  return NO_RETRIES;
}

/**
 * Milliseconds for calls of other apps, by their ids, as Resiliency objects declare them.
 *
 * @throws Error for retries and circuit breakers of calls, which this sidecar does not have.
 */
export function callTimeouts(
  resiliencies: readonly ResiliencyManifest[],
): ReadonlyMap<string, number> {
  const timeouts = new Map<string, number>();
  for (const { metadata, spec } of resiliencies) {
    for (const [appId, target] of Object.entries(spec.targets?.apps ?? {})) {
      if (target.retry !== undefined || target.circuitBreaker !== undefined) {
        throw new Error(
          `Resiliency '${metadata.name}' has retries or a circuit breaker on calls of '${appId}', which are not supported: remove them`,
        );
      }
      const timeout = spec.policies.timeouts?.[target.timeout ?? ''];
      if (timeout !== undefined) {
        timeouts.set(appId, milliseconds(timeout));
      }
    }
  }
  return timeouts;
}

/**
 * Tries something until it succeeds, the policy ends, or the signal is aborted.
 *
 * @returns whether it succeeded.
 */
export async function retried(
  policy: DeliveryPolicy,
  signal: AbortSignal,
  scheduler: Scheduler,
  attempt: () => Promise<boolean>,
): Promise<boolean> {
  if (await attempt()) {
    return true;
  }
  for (const wait of policy.waits()) {
    await scheduler.sleep(wait, signal);
    if (signal.aborted) {
      return false;
    }
    if (await attempt()) {
      return true;
    }
  }
  return false;
}
