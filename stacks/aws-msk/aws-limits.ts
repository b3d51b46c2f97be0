import * as pulumi from '@pulumi/pulumi';
import { withCode } from '@cdk8s-event-platform/contracts/internal';

/** A document that AWS takes up to a size. */
export interface LimitedDocument {
  /** What it is, for messages. */
  readonly what: string;
  /** Largest size. */
  readonly limit: number;
  /** What the size counts. @default 'characters' */
  readonly unit?: string;
  /** What to do when it is too large. */
  readonly remedy: string;
}

/** @throws RunError when a document is larger than AWS takes. */
export function requireSize(
  size: number,
  { what, limit, unit = 'characters', remedy }: LimitedDocument,
): void {
  if (size > limit) {
    throw new pulumi.RunError(
      withCode('EP7002', `${what} has ${size} ${unit}, and AWS takes ${limit}: ${remedy}`),
    );
  }
}
