import { type ApiObject, JsonPatch } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { applyDefaults } from './apply-defaults.ts';
import type { PlatformDefaults } from './platform-defaults.ts';
import { Rendering } from './rendering.ts';

/** An object that depends on what its patches have made of it. */
export interface FinishedObject {
  /** What is rendered of its patched JSON. */
  finish(patched: unknown): unknown;
}

/** Objects whose patches are applied last already. */
const DONE = new WeakSet<ApiObject>();

/**
 * Applies the defaults of a platform, then the patches of every object below a construct, to the JSON that
 * is finally rendered. cdk8s applies patches before it converts quantities and ports, which drops those that a
 * patch has written.
 *
 * @see https://github.com/cdk8s-team/cdk8s/issues/2172
 */
export function applyPatchesLast(scope: IConstruct, defaults: PlatformDefaults): void {
  Rendering.during(scope, ({ objects }) =>
    objects.forEach((object) => applyLast(object, defaults)),
  );
}

function applyLast(object: ApiObject, defaults: PlatformDefaults): void {
  if (!DONE.has(object)) {
    DONE.add(object);
    const render = object.toJson.bind(object) as () => unknown;
    Object.defineProperty(object, 'toJson', {
      value: () => Rendering.jsonOf(object, () => patchedLast(object, render, defaults)),
    });
  }
}

/** Renders an object without its patches, then applies defaults and patches. */
function patchedLast(
  object: ApiObject,
  render: () => unknown,
  defaults: PlatformDefaults,
): unknown {
  const { patches } = object as unknown as { readonly patches: JsonPatch[] };
  const taken = patches.splice(0);
  try {
    if (taken.length === 0 && Object.keys(defaults).length === 0) {
      return render();
    }
    const whole = applyDefaults(withoutUndefined(render()), defaults);
    const patched = sorted(JsonPatch.apply(whole, ...taken), TOP_LEVEL);
    return 'finish' in object ? (object as unknown as FinishedObject).finish(patched) : patched;
  } finally {
    patches.push(...taken);
  }
}

/** What a value is as JSON: the converters leave properties without a value, which a patch would find. */
function withoutUndefined(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Properties that come first in an object of Kubernetes. */
const TOP_LEVEL: readonly string[] = ['apiVersion', 'kind', 'metadata'];

/** A value with its properties in the order of their names, as cdk8s renders them. */
function sorted(value: unknown, first: readonly string[] = []): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => sorted(item));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const rest = Object.keys(value).filter((name) => !first.includes(name));
  const names = [...first.filter((name) => name in value), ...rest.sort()];
  return Object.fromEntries(
    names.map((name) => [name, sorted((value as Readonly<Record<string, unknown>>)[name])]),
  );
}
