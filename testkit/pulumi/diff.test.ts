import { describe, expect, it } from 'vitest';
import { changes, isWithin } from './diff.ts';
import { Secret } from './values.ts';

describe('changes', () => {
  it('names the deepest path of each change', () => {
    const before = { spec: { replicas: 1, list: [{ a: 1 }, { a: 2 }], gone: 'x' } };
    const after = { spec: { replicas: 2, list: [{ a: 1 }, { a: 3 }, { a: 4 }], added: {} } };
    expect(changes(before, after)).toEqual([
      { path: 'spec.replicas', kind: 'update' },
      { path: 'spec.list[1].a', kind: 'update' },
      { path: 'spec.list[2]', kind: 'add' },
      { path: 'spec.gone', kind: 'delete' },
      { path: 'spec.added', kind: 'add' },
    ]);
  });

  it('writes keys that are no names as Pulumi does', () => {
    const labels = (value: string) => ({ labels: { 'app.kubernetes.io/name': value } });
    expect(changes(labels('a'), labels('b'))).toEqual([
      { path: 'labels["app.kubernetes.io/name"]', kind: 'update' },
    ]);
  });

  it('sees whether a secret is another one, and not that it is one', () => {
    expect(changes({ a: 'x' }, { a: new Secret('x') })).toEqual([]);
    expect(changes({ a: new Secret('x') }, { a: new Secret('y') })).toHaveLength(1);
  });
});

describe('isWithin', () => {
  it.each([
    ['spec.template', true],
    ['spec.template.spec', true],
    ['spec.template[0]', true],
    ['spec.templates', false],
    ['spec', false],
  ])('%s: %s', (path, expected) => {
    expect(isWithin(path, ['metadata.name', 'spec.template'])).toBe(expected);
  });
});
