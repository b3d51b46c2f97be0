import type { IConstruct } from 'constructs';

/**
 * Mistakes in what was declared. The message has a line for each, which names the construct, the value, and
 * the remedy.
 */
export class DeclarationError extends Error {
  /** @param scope the construct, or its path. */
  public constructor(scope: IConstruct | string, ...problems: readonly string[]) {
    const path = typeof scope === 'string' ? scope : scope.node.path;
    super(problems.map((problem) => `${path}: ${problem}`).join('\n'));
    this.name = 'DeclarationError';
  }
}
