import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyPlan, renderPlan } from './testing/any-platform.ts';
import { problemsWithStrimzi } from './testing/strimzi-problems.ts';

it('whatever options a platform has, it is refused, or renders what the schemas of its kinds say', () => {
  let rendered = 0;
  fc.assert(
    fc.property(anyPlan(), (plan) => {
      const layers = renderPlan(plan);
      if (!(layers instanceof Error)) {
        rendered++;
        const objects = layers.flatMap((layer) => layer.objects);
        expect(problemsWithStrimzi(objects)).toEqual([]);
      }
    }),
    { numRuns: 50 },
  );
  // Otherwise nothing has been tested.
  expect(rendered).toBeGreaterThan(5);
});
