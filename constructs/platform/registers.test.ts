import { App } from 'cdk8s';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { type Register, Registers } from './registers.ts';

const PARTS: Register<Construct> = { name: 'parts' };

describe('Registers', () => {
  it('lists entries in the order in which they were made, wherever they are in the tree', () => {
    const [app, registers] = [new App(), new Registers()];
    const outer = new Construct(app, 'outer');
    const later = new Construct(app, 'later');
    const inner = new Construct(outer, 'inner');
    [later, inner].forEach((part) => registers.enter(PARTS, part));
    expect(registers.all(PARTS)).toEqual([later, inner]);
  });

  it('finds the first entry of a name, and no entry of another register', () => {
    const [app, registers] = [new App(), new Registers()];
    const [first, second] = ['a', 'b'].map((id) => new Construct(app, id));
    registers.enter(PARTS, first!, 'name');
    registers.enter(PARTS, second!, 'name');
    expect(registers.find(PARTS, 'name')).toBe(first);
    expect(registers.find(PARTS, 'other')).toBeUndefined();
    expect(registers.find({ name: 'others' }, 'name')).toBeUndefined();
    expect(registers.names(PARTS)).toEqual(['name']);
  });

  it('forgets what is removed from the tree, with all below it', () => {
    const [app, registers] = [new App(), new Registers()];
    const outer = new Construct(app, 'outer');
    const inner = new Construct(outer, 'inner');
    registers.enter(PARTS, inner, 'name');
    app.node.tryRemoveChild('outer');
    expect(registers.find(PARTS, 'name')).toBeUndefined();
    expect(registers.all(PARTS)).toEqual([]);
    expect(registers.names(PARTS)).toEqual([]);
    // Another of its name is not the one that was removed.
    new Construct(new Construct(app, 'outer'), 'inner');
    expect(registers.all(PARTS)).toEqual([]);
  });
});
