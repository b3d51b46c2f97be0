import { withCode } from '@cdk8s-event-platform/contracts/internal';

/** Variables of a process. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Whole number in an environment variable.
 *
 * @param env variables. @default - those of the process
 * @throws Error when it is not a whole number, or out of bounds.
 */
export function numberFromEnv(
  name: string,
  min: number,
  max: number,
  fallback: number,
  env: Variables = process.env,
): number {
  const given = env[name];
  if (given === undefined) {
    return fallback;
  }
  const number = Number(given);
  if (given.trim() === '' || !Number.isInteger(number) || number < min || number > max) {
    throw new Error(
      withCode('EP8001', `${name} (${given}) must be a whole number from ${min} to ${max}`),
    );
  }
  return number;
}
