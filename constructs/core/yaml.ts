import { Document, type ScalarTag, type Tags } from 'yaml';

/**
 * Text that is a number, a date or a time to some parser: `0o17` is 15 to Go's, and to others `1_000` is
 * 1000 and `12:30:45` is 45045.
 */
const LIKE_A_NUMBER =
  /^[-+]?([0-9.][0-9_.,:]*(e[-+]?[0-9_]*)?|0[xob][0-9a-f_]*|\.(inf|nan))$|^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}/i;
/** Text that some parser takes for a boolean, for nothing, or for an instruction to merge. */
const LIKE_A_WORD = /^(y|yes|n|no|on|off|true|false|null|~|=|<<)$/i;
/** Beginnings that mean something, or did in an older version of YAML. */
const LIKE_SYNTAX = /^([?:=%@`!&*|>]|(---|\.\.\.)(\s|$)|-([^a-zA-Z-]|$))/;
/** What a parser would alter or refuse: control characters, and line breaks of YAML 1.1 alone. */
const UNPRINTABLE =
  /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
/** White space that a block scalar would lose, or that hides where its indentation ends. */
const LOOSE_SPACE = /^\s|[ \t\u00a0]\n|[^\S\n]$|\n\n\n*$/;

/** Whether a text may become another value, or another text, when it is not in double quotes. */
function isDoubtful(text: string): boolean {
  return (
    LIKE_A_NUMBER.test(text) ||
    LIKE_A_WORD.test(text) ||
    LIKE_SYNTAX.test(text) ||
    UNPRINTABLE.test(text) ||
    LOOSE_SPACE.test(text)
  );
}

/** A text in double quotes, with everything escaped that a parser would alter. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A number with a dot in front of its exponent: without it, YAML 1.1 reads a text. */
function number(value: number): string {
  return String(value).replace(/^(-?\d+)e/, '$1.0e');
}

/** How a scalar is written; undefined for the merge key, since `<<` is a key as any other here. */
function scalarTag(tag: ScalarTag): ScalarTag | undefined {
  const { stringify } = tag;
  switch (tag.tag) {
    case 'tag:yaml.org,2002:str':
      return {
        ...tag,
        stringify: (item, ...context) =>
          isDoubtful(item.value as string)
            ? quoted(item.value as string)
            : stringify!(item, ...context),
      };
    case 'tag:yaml.org,2002:int':
    case 'tag:yaml.org,2002:float':
      return { ...tag, stringify: ({ value }) => number(value as number) };
    case 'tag:yaml.org,2002:merge':
      return undefined;
    default:
      return tag;
  }
}

/** The library's tags, with scalars of ours. */
function tags(own: Tags): Tags {
  return own
    .map((tag) => (typeof tag === 'string' || tag.collection !== undefined ? tag : scalarTag(tag)))
    .filter((tag) => tag !== undefined);
}

/**
 * Objects as YAML documents that every parser reads alike: those of YAML 1.1, such as kubectl's, and
 * those of 1.2. Scripts stay readable; text that a parser could take for something else is quoted.
 *
 * @see https://yaml.org/type/
 */
export function toYaml(objects: readonly object[]): string {
  return objects
    .map((object) =>
      new Document(object, {
        version: '1.1',
        aliasDuplicateObjects: false,
        customTags: tags,
      }).toString({ lineWidth: 0 }),
    )
    .join('---\n');
}
