import { ApiObject, JsonPatch } from 'cdk8s';
import type { IConstruct } from 'constructs';

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
  for (const object of scope.node.findAll().filter((child) => ApiObject.isApiObject(child))) {
    if (!DONE.has(object)) {
      DONE.add(object);
      const render = object.toJson.bind(object) as () => unknown;
      Object.defineProperty(object, 'toJson', { value: () => patchedLast(object, render) });
    }
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
    const patched = JsonPatch.apply(withoutUndefined(render()), ...taken) as unknown;
    return 'finish' in object ? (object as unknown as FinishedObject).finish(patched) : patched;
  } finally {
    patches.push(...taken);
  }
}

/** What a value is as JSON: the converters leave properties without a value, which a patch would find. */
function withoutUndefined(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
