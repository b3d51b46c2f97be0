import fc from 'fast-check';

/** Pieces of text that parsers of YAML differ on. */
const PIECES = [
  ...[
    '0o17',
    '0x1F',
    '0b1',
    '1_000',
    '1e3',
    '.inf',
    '.nan',
    '12:30',
    ':30',
    '2026-02-30',
    '0',
    '1',
    '9',
    '.',
    '+',
    '-',
    '_',
    'e',
  ],
  ...[
    'y',
    'no',
    'on',
    'true',
    'null',
    '~',
    '=',
    '<<',
    '---',
    '...',
    '- ',
    '? ',
    ': ',
    ' #',
    '#',
    '&',
    '*',
    '!',
    '|',
    '>',
    '%',
    '@',
    '`',
    ',',
  ],
  ...[
    ' ',
    '  ',
    '\t',
    '\n',
    '\n\n',
    '\r',
    '\r\n',
    '\u00a0',
    '\u0085',
    '\u2028',
    '\u2029',
    '\ufeff',
    '\ufffe',
    '\u0000',
    '\u001b',
    '\u007f',
    '\u009b',
  ],
  ...['"', "'", '\\', '{', '}', '[', ']', 'a', 'Z', 'é', '漢', '\u{1f600}'],
];

/** Any text, with more of what parsers differ on than chance would bring. */
export function anyText(): fc.Arbitrary<string> {
  const pieces = fc.array(
    fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'grapheme', maxLength: 3 })),
    { maxLength: 8 },
  );
  return fc.oneof(
    { weight: 4, arbitrary: pieces.map((parts) => parts.join('')) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(pieces, fc.integer({ min: 1, max: 400 }))
        .map(([parts, times]) => parts.join('').repeat(times)),
    },
  );
}

/** Any value of JSON with such texts, as keys too. */
export function anyValue(): fc.Arbitrary<unknown> {
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      anyText(),
      fc.integer(),
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((value) => (Object.is(value, -0) ? 0 : value)),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .array(fc.tuple(anyText(), tie('value')), { maxLength: 4 })
        .map((entries) => Object.fromEntries(entries.filter(([key]) => key !== '__proto__'))),
    ),
  })).value;
}
