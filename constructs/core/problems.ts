import type { IConstruct } from 'constructs';
import { type Shape, shapeProblems } from '@cdk8s-event-platform/contracts/internal';
import { DeclarationError } from './errors.ts';

/**
 * Collects everything that is wrong with one construct, so that people hear of it at once.
 *
 * @example
 * const problems = new Problems(this);
 * problems.props(props, SHAPE);
 * problems.add(replicas > partitions && `replicas (${replicas}) exceed …: use …`);
 * problems.report();
 */
export class Problems {
  readonly #scope: IConstruct | string;
  readonly #found: string[] = [];

  /** @param scope the construct, or its path where it cannot be made without what is checked. */
  public constructor(scope: IConstruct | string) {
    this.#scope = scope;
  }

  /** Whether nothing has been found. */
  public get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  /** Adds what is wrong; what is `false` or `undefined` is not. */
  public add(...problems: readonly (string | false | undefined)[]): void {
    this.#found.push(...problems.filter((problem) => typeof problem === 'string'));
  }

  /**
   * Checks properties by name, type and range: callers in JavaScript have no compiler.
   *
   * @throws DeclarationError at once, since what has another type cannot be looked into.
   */
  public props<Props>(props: unknown, shape: Shape<Props>): void {
    this.add(...shapeProblems(props, shape));
    this.report();
  }

  /** @throws DeclarationError that lists all problems, where there are some. */
  public report(): void {
    if (!this.isEmpty) {
      throw new DeclarationError(this.#scope, ...this.#found);
    }
  }
}

/**
 * Checks the properties of a construct by name and type.
 *
 * @throws DeclarationError that lists all that are wrong.
 */
export function requireProps<Props>(
  scope: IConstruct | string,
  props: unknown,
  shape: Shape<Props>,
): void {
  new Problems(scope).props(props, shape);
}

/** @throws DeclarationError that lists all problems of a construct, where there are some. */
export function reportAll(
  scope: IConstruct | string,
  problems: readonly (string | false | undefined)[],
): void {
  const found = new Problems(scope);
  found.add(...problems);
  found.report();
}
