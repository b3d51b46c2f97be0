/**
 * What mistakes are about, by codes that stay: a code is never given another meaning. `docs/errors.md` describes each.
 */
export const ERROR_CODES = {
  EP1001: 'an option has an unknown name, a wrong type or a value out of range',
  EP1002: 'a name is not valid',
  EP1003: 'options contradict each other',
  EP1004: 'the address of a service is not valid',
  EP1005: 'Node or a package is too old',
  EP2001: 'an event contract is not valid',
  EP2002: 'an app manifest is not valid',
  EP2003: 'two descriptions of an event differ',
  EP2004: 'an event is not published by an app of the platform',
  EP2005: 'a construct does not fit the manifest of its app',
  EP2006: 'a migration is not valid',
  EP2007: 'a broker does not keep the order that a contract needs',
  EP2008: 'a version of an event contract is not compatible with another one',
  EP2009: 'a version of an event contract is changed or unknown',
  EP2010: 'the lock file of contracts is not valid',
  EP2011: 'an app receives a version of an event that it does not read',
  EP2012: 'a compacted topic carries events of several types',
  EP2013: 'a consumer of events that are stored for good does not say how far back it reads',
  EP2014: 'a state store is not valid, or not what an app names',
  EP2015: 'a command is not handled by exactly one app',
  EP2016: 'a saga is not valid',
  EP2017: 'a saga in flight has a version, or steps, that its app does not have',
  EP2020: 'a stored event or streams of events are not valid',
  EP2021: 'an app with streams of events has no event store',
  EP2022: 'a projection is not valid',
  EP3001: 'a broker cannot have these servers or copies',
  EP3002: 'a broker cannot provision a topic or its queues',
  EP3003: 'a setting of a broker or its component loses events or is derived',
  EP3004: 'a client of another namespace cannot be admitted',
  EP3005: 'a topic cannot be declared or imported',
  EP3006: 'a broker cannot keep events, or start a consumer, as declared',
  EP4001: 'pods exceed partitions',
  EP4002: 'the bounds of a scaler are not valid',
  EP4003: 'a workload has two scalers',
  EP4004: 'retries do not fit the broker or the time to stop',
  EP4005: 'dead letters cannot be collected',
  EP4006: 'an app lacks what its manifest needs',
  EP4007: 'an app with jobs would have no pod',
  EP4008: 'an app cannot call another app as declared',
  EP5001: 'a construct is not part of a platform',
  EP5002: 'a construct belongs to another platform',
  EP5003: 'a name or namespace is used twice',
  EP5004: 'something is declared too late or not at all',
  EP5005: 'a setting is not safe in production',
  EP5006: 'an environment is not valid',
  EP5007: 'a default of the platform is not valid',
  EP6001: 'Kubernetes would reject an object',
  EP6002: 'an image is not pinned',
  EP6003: 'a query uses metrics that nothing emits',
  EP6004: 'an alert or SLO is not valid',
  EP7001: 'the configuration of a Pulumi stack is not valid',
  EP7002: 'a Pulumi stack cannot deploy what is declared',
  EP8001: 'an environment variable of an app is not valid',
  EP8002: 'the code of an app does not fit its manifest',
  EP8003: 'an image and the manifests it runs in are too far apart',
  EP8004: 'the code of an app sends or handles events in a way that their contract does not allow',
} as const;

/** Code of a mistake, such as `EP4001`. */
export type ErrorCode = keyof typeof ERROR_CODES;

declare const brand: unique symbol;

/** What is wrong, with the value and the remedy, and its code at the end. */
export type Problem = string & { readonly [brand]: ErrorCode };

/** A message with its code at the end. */
export function withCode(code: ErrorCode, message: string): Problem {
  return `${message} [${code}]` as Problem;
}

/** Adds a code to each text. Skips `false` and `undefined`, so that a condition can stand in front of a text. */
export function coded(
  code: ErrorCode,
  ...texts: readonly (string | false | undefined)[]
): Problem[] {
  return texts.filter((text) => typeof text === 'string').map((text) => withCode(code, text));
}
