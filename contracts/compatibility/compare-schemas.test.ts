import { describe, expect, it } from 'vitest';
import { schemaCompiler } from '../schema-compiler.ts';
import { isObject } from '../subschemas.ts';
import { schemaIncompatibilities } from './compare-schemas.ts';
import { instances } from './testing/random-instances.ts';
import { type Draft, schemaPair } from './testing/random-schemas.ts';
import { Random } from './testing/random.ts';
import { hasUndeclared } from './testing/undeclared.ts';

const ROUNDS = Number(process.env.COMPATIBILITY_ROUNDS ?? 1000);
const FIRST = Number(process.env.COMPATIBILITY_SEED ?? 1);
const PER_PAIR = 60;

type Validate = (data: unknown) => boolean;
const ajv = schemaCompiler({ strict: false, logger: false, allErrors: false });

/**
 * The same schema for the judge. `contains` demands an item, and ajv 8.20 accepts an empty array where an earlier one in
 * the same data had it.
 */
function judged(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(judged);
  }
  if (!isObject(value)) {
    return value;
  }
  const inside = Object.entries(value).map(([name, each]) => [name, judged(each)] as const);
  return {
    ...Object.fromEntries(inside),
    ...('contains' in value && { minItems: Math.max(1, Number(value.minItems ?? 0)) }),
  };
}

/** Undefined for what changes have made invalid, such as `nullable` without a type. */
function validatorOf(schema: Draft): Validate | undefined {
  try {
    return ajv.compile(judged(schema) as Draft);
  } catch {
    return undefined;
  } finally {
    ajv.removeSchema();
  }
}

describe.each(['strict', 'lenient'] as const)('%s comparison of generated schemas', (policy) => {
  it('says of nothing that it is compatible which a reader refuses', () => {
    const verdicts = { compatible: 0, 'with a witness': 0, 'without a witness': 0, invalid: 0 };
    for (let seed = FIRST; seed < FIRST + ROUNDS; seed++) {
      const random = new Random(seed);
      const [writer, reader] = schemaPair(random);
      const [writes, reads] = [validatorOf(writer), validatorOf(reader)];
      if (writes === undefined || reads === undefined) {
        verdicts.invalid += 1;
        continue;
      }
      const found = schemaIncompatibilities(writer, reader, policy);
      const data = [writer, reader].flatMap((each) => instances(random, each, PER_PAIR));
      const witness = data.find(
        (each) =>
          writes(each) && !reads(each) && (policy === 'strict' || !hasUndeclared(writer, each)),
      );
      if (found.length === 0) {
        expect(witness, JSON.stringify({ seed, writer, reader, witness })).toBeUndefined();
        verdicts.compatible += 1;
      } else {
        verdicts[witness === undefined ? 'without a witness' : 'with a witness'] += 1;
      }
    }
    expect(verdicts.invalid).toBeLessThan(ROUNDS / 10);
    expect(verdicts.compatible).toBeGreaterThan(ROUNDS / 10);
    expect(verdicts['with a witness']).toBeGreaterThan(ROUNDS / 10);
    if (process.env.COMPATIBILITY_ROUNDS !== undefined) {
      console.log(policy, verdicts);
    }
  });
});
