// AWS takes no part: its limits are as its documentation says.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allow, policyDocument, policySize, type PolicyStatement } from './policy-document.ts';
import { IAM_LIMITS, pickPart, policyParts } from './policy-parts.ts';

const arns = (count: number, length: number) =>
  Array.from({ length: count }, (_, index) => `${index}`.padStart(length, 'a'));
const rights = (statements: readonly PolicyStatement[]) =>
  statements.flatMap(({ Sid, Resource }) => (Resource as string[]).map((arn) => `${Sid} ${arn}`));

describe('policyParts', () => {
  it('leaves what fits in one inline policy', () => {
    expect(policyParts('it', [allow('Read', ['a:Read'], arns(90, 100))])).toBeUndefined();
  });

  it('loses no right, and exceeds no limit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 8, max: 160 })), {
          minLength: 1,
          maxLength: 4,
        }),
        (sizes) => {
          const statements = sizes.map(([count, length], index) =>
            allow(`S${index}`, ['a:Read', 'a:Write'], arns(count, length)),
          );
          const whole = policySize(policyDocument(statements));
          fc.pre(whole < IAM_LIMITS.managed * 9);
          const parts = policyParts('it', statements);
          if (parts === undefined) {
            return whole <= IAM_LIMITS.inline;
          }
          const picked = parts.map((part) => pickPart(statements, part));
          expect(picked.flatMap(rights)).toEqual(rights(statements));
          return picked.every((part) => policySize(policyDocument(part)) <= IAM_LIMITS.managed);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('counts policies that the role has already', () => {
    const statements = [allow('Read', ['a:Read'], arns(500, 100))];
    expect(policyParts('it', statements)).toHaveLength(9);
    expect(() => policyParts('it', statements, 2)).toThrow(
      'in 9 policies, and a role takes 8 of 6144 characters',
    );
  });

  it('refuses a single resource that no policy takes', () => {
    const statements = [allow('Read', ['a:Read'], arns(2, 7000))];
    expect(() => policyParts("'it'", statements)).toThrow("the IAM policies of 'it' have");
  });
});

describe('policySize', () => {
  it('counts as AWS does, without whitespace', () => {
    expect(policySize('{ "a":\n\t"b" }')).toBe('{"a":"b"}'.length);
  });
});
