import { App } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeclarationError } from '../core/index.ts';
import { boundsProblems, claimTarget, type IScalable } from './scalable.ts';

class Target extends Construct implements IScalable {
  public readonly deploymentName = 'worker';
  public readonly hasCpuRequest = true;
  public claims = 0;

  public attachScaler(): void {
    this.claims += 1;
  }
}

describe('boundsProblems', () => {
  it('accepts exactly the bounds that Kubernetes does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -3, max: 30 }),
        fc.integer({ min: -3, max: 30 }),
        (min, max) => {
          expect(boundsProblems(min, max).length === 0).toBe(min >= 0 && max >= 1 && min <= max);
        },
      ),
    );
  });

  it.each([
    [-1, 3, 'minReplicas (-1) is not a count: use 0 or more'],
    [0.5, 3, 'minReplicas (0.5) is not a count: use 0 or more'],
    [NaN, 3, 'minReplicas (NaN) is not a count: use 0 or more'],
    [0, 0, 'maxReplicas (0) is not a count: use 1 or more'],
    [0, 1.5, 'maxReplicas (1.5) is not a count: use 1 or more'],
    [0, Infinity, 'maxReplicas (Infinity) is not a count: use 1 or more'],
    [4, 3, 'minReplicas (4) exceeds maxReplicas (3): use at most 3'],
  ])('refuses %d to %d with value and remedy', (min, max, problem) => {
    expect(boundsProblems(min, max)).toEqual([problem]);
  });
});

describe('claimTarget', () => {
  it('gives a workload to the first scaler alone, and says which', () => {
    const root = new App();
    const target = new Target(root, 'worker');
    const [first, second] = [new Construct(root, 'first'), new Construct(root, 'second')];
    claimTarget(target, first);
    const again = () => claimTarget(target, second);
    expect(again).toThrow(DeclarationError);
    expect(again).toThrow(
      "second: Deployment 'worker' is scaled by 'first' already, and two scalers would undo each other's decisions: keep one; a KedaLagScaler can take CPU as a second trigger",
    );
    expect(target.claims).toBe(1);
  });

  it('lets one scaler have each of two workloads', () => {
    const root = new App();
    claimTarget(new Target(root, 'a'), new Construct(root, 'scaler-a'));
    expect(() => claimTarget(new Target(root, 'b'), new Construct(root, 'scaler-b'))).not.toThrow();
  });
});
