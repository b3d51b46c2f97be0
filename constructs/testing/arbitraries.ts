import fc from 'fast-check';

/** A name of any length up to `max`, most often a long one. */
export function name(max: number): fc.Arbitrary<string> {
  const character = fc.constantFrom(...Array.from('abcxyz019-'));
  return fc
    .oneof(
      fc.string({ unit: character, minLength: 1, maxLength: max }),
      fc.string({ unit: character, minLength: max - 4, maxLength: max }),
    )
    .map((text) => `a${text.slice(1)}`.replace(/-$/, '0'));
}

/** Most often a value that works, so that most platforms render. */
export const mostly = <Value>(
  good: fc.Arbitrary<Value>,
  ...others: readonly fc.Arbitrary<Value>[]
) =>
  fc.oneof(
    { weight: 60, arbitrary: good },
    ...others.map((arbitrary) => ({ weight: 1, arbitrary })),
  );
/** As `fc.record`, with objects as people write them: cdk8s wants a prototype. */
export const record = <Model extends object>(model: {
  [Key in keyof Model]: fc.Arbitrary<Model[Key]>;
}) => fc.record<Model>(model, { noNullPrototype: true });
export const dictionary = <Value>(
  keys: fc.Arbitrary<string>,
  values: fc.Arbitrary<Value>,
  { maxKeys }: { readonly maxKeys: number },
) => fc.dictionary(keys, values, { maxKeys, noNullPrototype: true });
