/** The command line is not usable. */
export class UsageError extends Error {
  public override readonly name = 'UsageError';
}
