import * as pulumi from '@pulumi/pulumi';
import { withCode } from '@cdk8s-event-platform/contracts/internal';
import { policyDocument, policySize, type PolicyStatement } from './policy-document.ts';

/**
 * Most characters of policies of a role, without whitespace, and most policies attached to one. AWS
 * raises the last on request; the others are fixed.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const IAM_LIMITS = { inline: 10_240, managed: 6144, attached: 10, trust: 2048 } as const;

/** Some resources of one statement, by index. */
interface Slice {
  readonly statement: number;
  readonly from: number;
  readonly to: number;
}

/** What of a list of statements is in one policy. */
export type PolicyPart = readonly Slice[];

/** The statements of a part. Statements are those that the parts were made from, or shorter ones. */
export function pickPart(
  statements: readonly PolicyStatement[],
  part: PolicyPart,
): PolicyStatement[] {
  return part.map(({ statement, from, to }) => {
    const whole = statements[statement]!;
    return Array.isArray(whole.Resource)
      ? { ...whole, Resource: (whole.Resource as readonly string[]).slice(from, to) }
      : whole;
  });
}

const isIn = (statements: readonly PolicyStatement[], part: PolicyPart, limit: number) =>
  policySize(policyDocument(pickPart(statements, part))) <= limit;

/** A part with one more resource. */
function extended(part: PolicyPart, statement: number, index: number): PolicyPart {
  const last = part.at(-1);
  return last?.statement === statement
    ? [...part.slice(0, -1), { ...last, to: index + 1 }]
    : [...part, { statement, from: index, to: index + 1 }];
}

function splitBy(statements: readonly PolicyStatement[], limit: number): PolicyPart[] {
  const parts: PolicyPart[] = [];
  let part: PolicyPart = [];
  statements.forEach(({ Resource }, statement) => {
    const count = Array.isArray(Resource) ? Resource.length : 1;
    for (let index = 0; index < count; index++) {
      const more = extended(part, statement, index);
      if (part.length > 0 && !isIn(statements, more, limit)) {
        parts.push(part);
        part = extended([], statement, index);
      } else {
        part = more;
      }
    }
  });
  return [...parts, part];
}

/**
 * How statements are spread over the policies of a role: undefined when one inline policy takes them,
 * otherwise a part for each managed policy. Statements are given at their longest, since parts are
 * resources, whose number has to be known before AWS has made what the statements name.
 *
 * @param attached how many policies of AWS the role has besides.
 * @throws RunError when a role cannot have all of them.
 */
export function policyParts(
  what: string,
  statements: readonly PolicyStatement[],
  attached = 0,
): readonly PolicyPart[] | undefined {
  const size = policySize(policyDocument(statements));
  if (size <= IAM_LIMITS.inline) {
    return undefined;
  }
  const parts = splitBy(statements, IAM_LIMITS.managed);
  const free = IAM_LIMITS.attached - attached;
  const tooLong = parts.some((part) => !isIn(statements, part, IAM_LIMITS.managed));
  if (parts.length > free || tooLong) {
    throw new pulumi.RunError(
      withCode(
        'EP7002',
        `the IAM policies of ${what} have ${size} characters in ${parts.length} policies, and a role takes ${free} of ${IAM_LIMITS.managed} characters: divide its grants among several apps, or use shorter names`,
      ),
    );
  }
  return parts;
}
