import { App, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import {
  coded,
  duration,
  listOf,
  optional,
  type Shape,
  shaped,
  text,
  whole,
} from '@cdk8s-event-platform/contracts/internal';
import { DeclarationError } from './errors.ts';
import { Problems } from './problems.ts';

interface Props {
  readonly name: string;
  readonly replicas?: number;
  readonly drain?: Duration;
  readonly tags?: readonly string[];
  readonly bounds?: { readonly min: number };
}

const SHAPE: Shape<Props> = {
  name: text,
  replicas: optional(whole(1)),
  drain: optional(duration),
  tags: optional(listOf(text)),
  bounds: optional(shaped<NonNullable<Props['bounds']>>({ min: whole(0) })),
};

const scope = new Construct(new App(), 'scope');
const check = (props: unknown) => {
  const problems = new Problems(scope);
  problems.props(props, SHAPE);
};

describe('Problems', () => {
  it('says nothing of what is right', () => {
    check({ name: 'a', replicas: undefined });
    check({
      name: 'a',
      replicas: 2,
      drain: Duration.seconds(1),
      tags: ['a'],
      bounds: { min: 0 },
    });
  });

  it.each([
    [{ name: 1 }, 'name (1) must be a string'],
    [{ name: null }, 'name (null) must be a string'],
    [{}, "'name' is missing: it must be a string"],
    [{ name: 'a', replica: 1 }, "'replica' is not known: did you mean 'replicas'?"],
    [{ name: 'a', colour: 1 }, "'colour' is not known: use name, replicas, drain, tags, bounds"],
    [{ name: 'a', replicas: '3' }, "replicas ('3') must be a whole number of at least 1"],
    [{ name: 'a', drain: 5 }, 'drain (5) must be a Duration, e.g. Duration.seconds(30)'],
    [{ name: 'a', tags: 'a' }, "tags ('a') must be a list"],
    [{ name: 'a', tags: ['a', 1] }, 'tags[1] (1) must be a string'],
    [{ name: 'a', bounds: 3 }, 'bounds (3) must be an object with min'],
    [{ name: 'a', bounds: {} }, "'bounds.min' is missing: it must be a whole number of at least 0"],
    [
      undefined,
      'properties (undefined) must be an object with name, replicas, drain, tags, bounds',
    ],
  ])('names construct, value and remedy: %j', (props, message) => {
    expect(() => check(props)).toThrow(new DeclarationError(scope, ...coded('EP1001', message)));
  });

  it('lists all of them in one error', () => {
    expect(() => check({ name: 1, replicas: 0, extra: true })).toThrow(
      "scope: 'extra' is not known: use name, replicas, drain, tags, bounds [EP1001]\nscope: name (1) must be a string [EP1001]\nscope: replicas (0) must be a whole number of at least 1 [EP1001]",
    );
  });

  it('takes what was found elsewhere', () => {
    const problems = new Problems('a/b');
    problems.add(false, undefined);
    expect(problems.isEmpty).toBe(true);
    problems.add(...coded('EP1001', 'x must be 1'));
    expect(() => problems.report()).toThrow('a/b: x must be 1 [EP1001]');
  });
});
