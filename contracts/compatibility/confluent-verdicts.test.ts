import { describe, expect, it } from 'vitest';
import { schemaIncompatibilities } from './compare-schemas.ts';
import type { CompatibilityPolicy } from './option.ts';
import { LENIENT, OBJECTS } from './testing/confluent-objects.ts';
import { VALUES } from './testing/confluent-values.ts';

/** One pair for each kind of change that the registry tells apart on draft 7. */
const STRICT = [...VALUES, ...OBJECTS];

/** Why this comparison refuses what the registry accepts. It accepts nothing that the registry refuses. */
const REFUSED_HERE: Readonly<Record<CompatibilityPolicy, ReadonlyMap<string, string>>> = {
  strict: new Map([
    ['REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED', 'validators do not insert defaults'],
    [
      'REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL',
      'validators do not insert defaults',
    ],
  ]),
  lenient: new Map([
    [
      'REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL',
      'validators do not insert defaults',
    ],
    [
      'PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL',
      'the property is declared, so old data have it, and the new schema forbids it',
    ],
    [
      'PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
      'a schema for all other properties declares them, so old data have them as it says',
    ],
    [
      'PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
      'the property is declared, so old data have it, and the new schema forbids its type',
    ],
  ]),
};

describe.each([
  ['strict', STRICT],
  ['lenient', LENIENT],
] as const)('%s', (policy, verdicts) => {
  it.each(verdicts)('%s', (change, old, now, isCompatible) => {
    const found = schemaIncompatibilities(old, now, policy);
    expect(found.length === 0).toBe(isCompatible && !REFUSED_HERE[policy].has(change));
  });

  it('says why it differs, of changes that are there', () => {
    const changes = verdicts.map(([change]) => change);
    expect([...REFUSED_HERE[policy].keys()].filter((change) => !changes.includes(change))).toEqual(
      [],
    );
  });
});

it('agrees with the registry on all but what is explained', () => {
  expect([STRICT.length, LENIENT.length]).toEqual([112, 7]);
  expect([REFUSED_HERE.strict.size, REFUSED_HERE.lenient.size]).toEqual([2, 4]);
});
