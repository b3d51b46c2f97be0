import type { IConstruct } from 'constructs';
import type { ErrorCode, Problem } from '@cdk8s-event-platform/contracts/internal';

/**
 * Mistakes in what was declared. The message has a line for each, which names the construct, the value, the remedy
 * and a code.
 *
 * @see docs/errors.md
 */
export class DeclarationError extends Error {
  public override readonly name = 'DeclarationError';
  /** The codes of the mistakes, such as `EP4001`, in the order of the lines. */
  public readonly codes: readonly ErrorCode[];

  /** @param scope the construct, or its path. */
  public constructor(scope: IConstruct | string, ...problems: readonly Problem[]) {
    const path = typeof scope === 'string' ? scope : scope.node.path;
    super(problems.map((found) => `${path}: ${found}`).join('\n'));
    this.codes = Array.from(
      this.message.matchAll(/\[(EP\d{4})\]$/gm),
      ([, code]) => code as ErrorCode,
    );
  }
}
