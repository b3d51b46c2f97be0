import fc from 'fast-check';
import { CORE_SCHEMA, loadAll, YAML11_SCHEMA } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { libraryYaml } from '../testing/library-yaml.ts';
import { anyText, anyValue } from '../testing/texts.ts';
import { toYaml } from './yaml.ts';

/** What each parser makes of a file: documents of YAML 1.2 and 1.1, by two libraries. */
const PARSERS: Readonly<Record<string, (text: string) => unknown[]>> = {
  'js-yaml, 1.2': (text) => loadAll(text, { schema: CORE_SCHEMA }),
  'js-yaml, 1.1': (text) => loadAll(text, { schema: YAML11_SCHEMA }),
  'yaml, 1.2': (text) =>
    parseAllDocuments(text, { version: '1.2' }).map((found) => found.toJS() as unknown),
  'yaml, 1.1': (text) =>
    parseAllDocuments(text, { version: '1.1' }).map((found) => found.toJS() as unknown),
};

describe.each(Object.entries(PARSERS))('%s', (_name, parse) => {
  it.each([
    ...[
      '0o17',
      '0017',
      '0x1F',
      '0b1',
      '1_000',
      '1e3',
      '12e03',
      '+1',
      '-.5',
      '.5',
      '1.',
      '685_230.15',
    ],
    ...[
      '12:30:45',
      '190:20:30.15',
      '2026-02-30',
      '2001-12-14t21:59:43.10-05:00',
      '.inf',
      '-.INF',
      '.NaN',
    ],
    ...['y', 'Y', 'yes', 'No', 'on', 'OFF', 'true', 'False', 'null', 'NULL', '~', '', '=', '<<'],
    ...[
      '---',
      '--- a',
      '...',
      '- a',
      '-',
      '? a',
      ': a',
      'a: b',
      'a #b',
      '#a',
      '&a',
      '*a',
      '!a',
      '|',
      '>',
      '%a',
      '@a',
      '`a',
    ],
    ...[
      ' a',
      'a ',
      '\ta',
      'a\t',
      '\n',
      'a\n',
      '\na',
      'a\n\n',
      'a\n\n\n',
      ' a\nb',
      'a \nb',
      'a\n \nb',
      'a\n\tb',
      'a\tb',
    ],
    ...[
      'a\r\nb',
      'a\rb',
      'a\u0085b',
      'a\u2028b',
      'a\u2029b\nc',
      '\ufeffa',
      'a\ufeff\nb',
      '\u0000',
      '\u001b[1m',
      '\u007f',
      '\u009b',
    ],
    ...[
      '\u00a0',
      'a\u00a0',
      '\u00a0\n',
      '\ufffe',
      '\uffff',
      '\u{1f600}',
      "it's",
      '"a"',
      'a\\nb',
      `${'a '.repeat(500)}b`,
      'ab'.repeat(2000),
    ],
  ])('reads %j as it was', (text) => {
    const object = { data: { value: text, list: [text] }, [text]: 'key' };
    expect(parse(toYaml([object, object]))).toEqual([object, object]);
  });

  it('reads numbers as they were', () => {
    const object = { numbers: [0, -1, 1.5, 1e21, 1e-7, -2.5e-9, 2 ** 53, 0.1, 1e300] };
    expect(parse(toYaml([object]))).toEqual([object]);
  });

  it('reads any value as it was', () => {
    fc.assert(
      fc.property(anyValue(), (value) => {
        const object = { value };
        expect(parse(toYaml([object]))).toEqual([object]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('toYaml', () => {
  it('keeps what people read: scripts in lines, and no quotes without a reason', () => {
    expect(
      toYaml([
        {
          kind: 'A',
          data: {
            script: 'set -e\n\n# a: b\nif true; then\n  echo "a"\nfi\n',
            flags: ['--a=b', '-ec'],
          },
        },
        { age: '5m', size: '100Mi', url: 'https://example.com:8080/a', none: 'None' },
      ]),
    ).toBe(`kind: A
data:
  script: |
    set -e

    # a: b
    if true; then
      echo "a"
    fi
  flags:
    - --a=b
    - -ec
---
age: 5m
size: 100Mi
url: https://example.com:8080/a
none: None
`);
  });

  it('writes one object that stands in two places twice, and leaves out what has no value', () => {
    const twice = { a: 1 };
    expect(toYaml([{ b: twice, c: twice, d: undefined }])).toBe('b:\n  a: 1\nc:\n  a: 1\n');
  });

  it('writes what a library writes', () => {
    fc.assert(
      fc.property(anyValue(), anyText(), (value, text) => {
        const objects = [{ value, [text]: [text, [text, { [text]: text }]] }, { text }];
        expect(toYaml(objects)).toBe(libraryYaml(objects));
      }),
      { numRuns: 2000 },
    );
  });

  it('hides no control character, and no line break that only some parsers know', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        // Line breaks of YAML 1.1 alone, and what editors and terminals hide.
        expect(toYaml([{ text }]).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u2029\ufeff]/u);
      }),
    );
  });
});
