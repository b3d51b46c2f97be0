import type { IConstruct } from 'constructs';

/**
 * Mistakes in what was declared. The message names the construct and, for each mistake, the value and
 * the remedy.
 */
export class DeclarationError extends Error {
  /** @param scope the construct, or its path. */
  public constructor(scope: IConstruct | string, ...problems: readonly string[]) {
    const path = typeof scope === 'string' ? scope : scope.node.path;
    const text = problems.length > 1 ? `cannot be used:\n- ${problems.join('\n- ')}` : problems[0];
    super(`${path}: ${text ?? 'cannot be used'}`);
    this.name = 'DeclarationError';
  }
}
