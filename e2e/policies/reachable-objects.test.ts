// Teams patch what is rendered. Each object is a public property of the construct that made it, or of one above it.
import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { AppWorkload } from '../../constructs/apps/app-workload.ts';
import { EventReceiver, type EventPlatform } from '../../constructs/internal.ts';
import { ConfigFiles } from '../../constructs/platform/config-files.ts';
import { platforms } from './platforms.ts';

/** What holds objects of the construct that has it as a property. */
function isHelper(value: unknown): value is object {
  return (
    value instanceof ConfigFiles ||
    value instanceof EventReceiver ||
    value instanceof AppWorkload ||
    (typeof value === 'object' && value !== null && 'serviceAccount' in value)
  );
}

/** Values of all public properties and getters of an object, items of lists, and what helpers of constructs have. */
function publicValues(object: object): readonly unknown[] {
  const names = new Set<string>();
  for (
    let level: object | null = object;
    level !== null && level !== Object.prototype;
    level = Object.getPrototypeOf(level) as object | null
  ) {
    Object.getOwnPropertyNames(level).forEach((name) => names.add(name));
  }
  return [...names].flatMap((name) => {
    try {
      const value = (object as Record<string, unknown>)[name];
      const values: unknown[] = Array.isArray(value) ? (value as unknown[]) : [value];
      return values.flatMap((one) => (isHelper(one) ? [one, ...publicValues(one)] : [one]));
    } catch {
      // A getter that is for another state of the object.
      return [];
    }
  });
}

/** Objects that no construct on their way up to the platform has as a property or as its main child. */
function unreachable(platform: EventPlatform): string[] {
  const known = new Map<IConstruct, ReadonlySet<unknown>>();
  const valuesOf = (construct: IConstruct) => {
    const values = known.get(construct) ?? new Set(publicValues(construct));
    known.set(construct, values);
    return values;
  };
  return platform.node
    .findAll()
    .filter((construct) => ApiObject.isApiObject(construct))
    .filter((object) => {
      const owners = object.node.scopes.slice(0, -1).reverse();
      return !owners.some(
        (owner) => valuesOf(owner).has(object) || owner.node.defaultChild === object,
      );
    })
    .map((object) => `${object.node.path} (${object.kind})`);
}

describe.each(platforms())('$name', ({ declare }) => {
  it('has each object as a property of a construct', () => {
    const platform = declare();
    platform.rendering(() => undefined);
    expect(unreachable(platform)).toEqual([]);
  });
});
