import protobuf from 'google-protobuf/google/protobuf/struct_pb.js';

const { Struct } = protobuf;

/** Key and value that mark an object on the wire as something else than an object. */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET_SIGNATURE = '1b47061264138c4ac30d75fd1eb44270';

/** A value that is encrypted wherever the engine keeps it. */
export class Secret {
  public constructor(public readonly value: Value) {}
}

/** A property of a resource, with its secrets marked. */
export type Value =
  string | number | boolean | null | Secret | readonly Value[] | { readonly [key: string]: Value };

/** Properties of a resource. */
export type Properties = Readonly<Record<string, Value>>;

/** Whether a value is an object with properties. */
export function isObject(value: unknown): value is Properties {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret)
  );
}

function fromWire(value: unknown): Value {
  if (Array.isArray(value)) {
    return value.map(fromWire);
  }
  if (!isObject(value)) {
    return value as Value;
  }
  return value[SIGNATURE] === SECRET_SIGNATURE
    ? new Secret(fromWire(value.value))
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromWire(item)]));
}

/** Leaves out what has no value: the wire knows none but null. */
function toWire(value: Value): protobuf.JavaScriptValue {
  if (value instanceof Secret) {
    return { [SIGNATURE]: SECRET_SIGNATURE, value: toWire(value.value) };
  }
  if (Array.isArray(value)) {
    return value.map((item: Value) => toWire(item));
  }
  return isObject(value)
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([, item]) => (item as Value | undefined) !== undefined)
          .map(([key, item]) => [key, toWire(item)]),
      )
    : (value as string | number | boolean | null);
}

/** Properties as they come from the engine. */
export function decode(struct: protobuf.Struct | undefined): Properties {
  return struct === undefined ? {} : (fromWire(struct.toJavaScript()) as Properties);
}

/** Properties as they go to the engine. */
export function encode(properties: Properties): protobuf.Struct {
  return Struct.fromJavaScript(toWire(properties) as Record<string, protobuf.JavaScriptValue>);
}

/** A value without its marks. */
export function reveal(value: Value): unknown {
  if (value instanceof Secret) {
    return reveal(value.value);
  }
  if (Array.isArray(value)) {
    return value.map((item: Value) => reveal(item));
  }
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item)]))
    : value;
}

/** Whether a value is a secret, or has one in it. */
export function hasSecret(value: Value | undefined): boolean {
  return (
    value instanceof Secret ||
    (Array.isArray(value) && value.some((item: Value) => hasSecret(item))) ||
    (isObject(value) && Object.values(value).some(hasSecret))
  );
}

/**
 * Marks in what a provider answers the places that were secret in what it was given. Objects are
 * compared key by key; an array with a secret in it becomes secret as a whole, since its items may
 * have changed places.
 */
export function keepSecrets(value: Value, given: Value | undefined): Value {
  if (value instanceof Secret || !hasSecret(given)) {
    return value;
  }
  return isObject(value) && isObject(given)
    ? Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, keepSecrets(item, given[key])]),
      )
    : new Secret(value);
}
