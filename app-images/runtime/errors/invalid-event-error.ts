/** An event that no later try can make acceptable. The message says why, without its contents. */
export class InvalidEventError extends Error {
  public override readonly name = 'InvalidEventError';

  /** @param reasons each by itself. @default - the message */
  public constructor(
    message: string,
    public readonly reasons: readonly string[] = [message],
  ) {
    super(message);
  }
}
