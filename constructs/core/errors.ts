import type { IConstruct } from 'constructs';

/** A mistake in what was declared. The message names the construct, the value, and the remedy. */
export class DeclarationError extends Error {
  public constructor(scope: IConstruct, problem: string) {
    super(`${scope.node.path}: ${problem}`);
    this.name = 'DeclarationError';
  }
}
