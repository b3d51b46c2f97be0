import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../telemetry/logging.ts';
import { printable, printableLine, printableLines } from '@cdk8s-event-platform/contracts/internal';
import { printableBytes } from './printable-bytes.ts';

/** Characters that must not reach a terminal. */
const HIDDEN = [
  ...['\u0000', '\u0007', '\b', '\t', '\n', '\r', '\u001b', '\u007f', '\u0080', '\u009b', '\u009f'],
  ...['\u061c', '\u200e', '\u200f', '\u202a', '\u202e', '\u2066', '\u2069', '\u2028', '\u2029'],
  ...['\ud800', '\udfff', '\u00ad', '\u034f', '\u115f', '\u180e', '\u200b', '\u200d', '\u2060'],
  ...['\u3164', '\ufe0f', '\ufeff', '\u{e0041}', '\u{e0100}'],
];
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const text = fc.string({
  unit: fc.oneof(fc.constantFrom(...HIDDEN), fc.string({ unit: 'binary', maxLength: 1 })),
});

describe('printable', () => {
  it.each(HIDDEN.map((character) => [JSON.stringify(character), character]))(
    'escapes %s as JSON does',
    (_name, character) => {
      const shown = printable(`a${character}b`);
      expect(shown).toMatch(/^a(\\u[0-9a-f]{4}){1,2}b$/);
      expect(JSON.parse(`"${shown}"`)).toBe(`a${character}b`);
    },
  );

  it('leaves words of all languages, signs and emoji as they are', () => {
    const words = 'Größe, 注文, заказ, طلب, हिन्दी, 🐘 \\ " €';
    expect(printable(words)).toBe(words);
  });

  it('leaves nothing that a terminal acts on', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(printable(value)).not.toMatch(CONTROL);
      }),
    );
  });

  it('keeps the value of JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: text }), (value) => {
        expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(
          JSON.parse(JSON.stringify(value)),
        );
      }),
    );
  });
});

it('printableLines keeps line breaks and tabs, and nothing else', () => {
  expect(printableLines('a:\n\tb\r\u001b[2J')).toBe('a:\n\tb\\u000d\\u001b[2J');
});

it('printableLine escapes the values, and not the text around them', () => {
  expect(printableLine`${'a\nb'}\t${7}`).toBe('a\\u000ab\t7');
});

describe('printableBytes', () => {
  it.each([
    [[0x61, 0xff, 0x62], 'a\\xffb'],
    [[0xc3, 0xa4, 0xc3], 'ä\\xc3'],
    [[0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
    [[0xc0, 0xaf], '\\xc0\\xaf'],
    [[0x1b, 0x80, 0xf0, 0x9f, 0x90, 0x98], '\\u001b\\x80🐘'],
    [[], ''],
  ])('shows %j as %s', (bytes, shown) => {
    expect(printableBytes(Buffer.from(bytes))).toBe(shown);
  });

  it('shows UTF-8 as the text that it is, and of other bytes nothing that a terminal acts on', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), (utf8, bytes) => {
        expect(printableBytes(Buffer.from(utf8))).toBe(printable(utf8));
        expect(printableBytes(bytes)).not.toMatch(CONTROL);
      }),
    );
  });
});

describe('logs', () => {
  function logged(fields: object, message: string): string {
    const lines: string[] = [];
    createLogger('app', 'info', (written) => lines.push(written)).info(fields, message);
    return lines.join('');
  }

  it('escape what a terminal acts on', () => {
    const line = logged({ key: 'a\u009b31m\u007f\u2028\u202e' }, 'a\u001b[2J');
    expect(line).toContain('"key":"a\\u009b31m\\u007f\\u2028\\u202e"');
    expect(line).toContain('"message":"a\\u001b[2J"');
  });

  it('are lines of JSON with the values as they were', () => {
    fc.assert(
      fc.property(text, text, text, (name, value, message) => {
        const line = logged({ [`x${name}`]: value }, message);
        expect(line.slice(0, -1)).not.toMatch(CONTROL);
        expect(line.at(-1)).toBe('\n');
        expect(JSON.parse(line)).toMatchObject({ [`x${name}`]: value, message });
      }),
    );
  });
});
