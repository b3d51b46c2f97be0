import type { IConstruct } from 'constructs';
import {
  coded,
  type Problem,
  type Shape,
  shapeProblems,
} from '@cdk8s-event-platform/contracts/internal';
import { DeclarationError } from './errors.ts';

/**
 * Collects everything that is wrong with one construct, so that people hear of it at once.
 *
 * @example
 * const found = new Problems(this);
 * found.props(props, SHAPE);
 * found.add(...coded('EP4001', replicas > partitions && `replicas (${replicas}) exceed …: use …`));
 * found.report();
 */
export class Problems {
  readonly #scope: IConstruct | string;
  readonly #found: Problem[] = [];

  /** @param scope the construct, or its path where it cannot be made without what is checked. */
  public constructor(scope: IConstruct | string) {
    this.#scope = scope;
  }

  /** Whether nothing has been found. */
  public get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  /** Adds what is wrong; what is `false` or `undefined` is not. */
  public add(...found: readonly (Problem | false | undefined)[]): void {
    this.#found.push(...found.filter((problem) => typeof problem === 'string'));
  }

  /**
   * Checks properties by name, type and range: callers in JavaScript have no compiler.
   *
   * @throws DeclarationError at once, since what has another type cannot be looked into.
   */
  public props<Props>(props: unknown, shape: Shape<Props>): void {
    this.add(...coded('EP1001', ...shapeProblems(props, shape)));
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
export function reportAll(scope: IConstruct | string, found: readonly Problem[]): void {
  if (found.length > 0) {
    throw new DeclarationError(scope, ...found);
  }
}

/** Looks for problems of a construct when everything is declared, to be reported with all others. */
export function validateLater(construct: IConstruct, find: () => readonly Problem[]): void {
  construct.node.addValidation({
    validate: () => find().map((found) => `${construct.node.path}: ${found}`),
  });
}
