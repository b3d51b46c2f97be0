import { type ApiObject, JsonPatch } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Rendering } from './rendering.ts';

/** An object that depends on what its patches have made of it. */
export interface FinishedObject {
  /** What is rendered of its patched JSON. */
  finish(patched: unknown): unknown;
}

/** Objects whose patches are applied last already. */
const DONE = new WeakSet<ApiObject>();

/**
 * Has the patches of every object below a construct applied to the JSON that is finally rendered. cdk8s
 * applies them before it converts quantities and ports, which drops those that a patch has written.
 *
 * @see https://github.com/cdk8s-team/cdk8s/issues/2172
 */
export function applyPatchesLast(scope: IConstruct): void {
  Rendering.during(scope, ({ objects }) => objects.forEach(applyLast));
}

function applyLast(object: ApiObject): void {
  if (!DONE.has(object)) {
    DONE.add(object);
    const render = object.toJson.bind(object) as () => unknown;
    Object.defineProperty(object, 'toJson', {
      value: () => Rendering.jsonOf(object, () => patchedLast(object, render)),
    });
  }
}

/** Renders an object without its patches, then applies them. */
function patchedLast(object: ApiObject, render: () => unknown): unknown {
  const { patches } = object as unknown as { readonly patches: JsonPatch[] };
  const taken = patches.splice(0);
  try {
    if (taken.length === 0) {
      return render();
    }
    const patched = sorted(JsonPatch.apply(withoutUndefined(render()), ...taken), TOP_LEVEL);
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
