import { expect, it } from 'vitest';
import packageJson from './package.json' with { type: 'json' };
import { MIN_NODE, nodeProblem } from './node-version.ts';

it('is what package.json says', () => {
  expect(packageJson.engines.node).toBe(`>=${MIN_NODE}`);
});

it.each([MIN_NODE, '22.15.1', '22.20.0', '24.0.0', '25.1.0'])('accepts %s', (version) => {
  expect(nodeProblem(version)).toBeUndefined();
});

it.each(['22.14.0', '20.19.5', '18.0.0'])('rejects %s', (version) => {
  expect(nodeProblem(version)).toBe(
    `cdk8s-event-platform needs Node ${MIN_NODE} or newer, and this is ${version}: install a newer Node`,
  );
});
