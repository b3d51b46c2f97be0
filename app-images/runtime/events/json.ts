import { InvalidEventError } from '../errors/invalid-event-error.ts';

/** Bounds of one JSON text, which hold while it is read. */
export interface JsonLimits {
  /** Arrays and objects within each other. */
  readonly depth: number;
  /** Values: texts, numbers, literals, arrays and objects, and names of properties with theirs. */
  readonly values: number;
}

/**
 * Bounds of one event. A value takes some 60 bytes of memory, however short its text is; what nests
 * deeper than this, parsers of other languages and PostgreSQL may refuse.
 */
export const EVENT_LIMITS: JsonLimits = { depth: 64, values: 100_000 };

/** Characters of the path to a text that is not kept, for errors. */
const MAX_PATH = 100;

/** Elements or members that are told apart without being built, at most. */
const MAX_ITEMS = 10_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const DECODER = new TextDecoder('utf-8', { fatal: true });

/** A text that may have a NUL or half a surrogate pair in it: only escapes can bring them past the decoder. */
const SUSPICIOUS_ESCAPE = /\\u(?:0000|[dD][89a-fA-F])/;

/** Bytes of a string that are looked at one by one, which is faster for short ones than a search. */
const SHORT = 32;

/** Where a string ends that starts before `from`: the index of its closing quote, or the end. */
function endOfString(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let short = 0; at < bytes.length && bytes[at] !== QUOTE; short++) {
    if (bytes[at] === BACKSLASH) {
      at += 2;
    } else if (short < SHORT) {
      at++;
    } else {
      at = nextOf(bytes, at);
    }
  }
  return at;
}

/** The next quote, or the next backslash in front of it. */
function nextOf(bytes: Uint8Array, from: number): number {
  const quote = bytes.indexOf(QUOTE, from);
  const end = quote < 0 ? bytes.length : quote;
  const escape = bytes.subarray(from, end).indexOf(BACKSLASH);
  return escape < 0 ? end : from + escape;
}

/** A value as it stands in a JSON text, with what is known of it before any of it is built. */
export interface JsonPart {
  readonly bytes: Uint8Array;
  /** Arrays and objects within each other. */
  readonly depth: number;
  /** Values in it, at most. */
  readonly values: number;
}

/** Finds where a value ends that starts at `start`, and how deep and large it is. */
function partFrom(bytes: Uint8Array, start: number, isWhole: boolean): JsonPart {
  let open = 0;
  let depth = 0;
  let values = 1;
  let at = start;
  for (; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      at = endOfString(bytes, at + 1);
    } else if (byte === COMMA) {
      if (open === 0 && !isWhole) {
        break;
      }
      values++;
    } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      values++;
      depth = Math.max(depth, ++open);
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      if (open === 0 && !isWhole) {
        break;
      }
      open--;
    }
  }
  return { bytes: bytes.subarray(start, at), depth, values };
}

/** Measures a whole text, whether or not it is JSON. */
export function jsonPart(bytes: Uint8Array): JsonPart {
  return partFrom(bytes, 0, true);
}

/** @throws InvalidEventError when a part is nested deeper, or has more values, than it may. */
function checkLimits({ depth, values }: JsonPart, limits: JsonLimits): void {
  if (depth > limits.depth) {
    throw new InvalidEventError(
      `the JSON is nested deeper than ${limits.depth} arrays and objects`,
    );
  }
  if (values > limits.values) {
    throw new InvalidEventError(`the JSON has more than ${limits.values} values`);
  }
}

/** What {@link readJson} finds. */
export interface JsonText {
  readonly value: unknown;
  /**
   * Where a part of it has a text that PostgreSQL cannot keep as it is; undefined when all are fine.
   *
   * @param path names the part.
   */
  readonly unicodeProblem: (part: unknown, path: string) => string | undefined;
}

const NO_PROBLEM = () => undefined;

/**
 * Reads JSON within bounds.
 *
 * @throws InvalidEventError when it is not JSON in UTF-8, or beyond its bounds.
 */
export function readJson(json: JsonPart, limits: JsonLimits = EVENT_LIMITS): JsonText {
  checkLimits(json, limits);
  let text: string;
  let value: unknown;
  try {
    text = DECODER.decode(json.bytes);
    value = JSON.parse(text);
  } catch {
    throw notJson();
  }
  return {
    value,
    unicodeProblem: SUSPICIOUS_ESCAPE.test(text) ? unicodeProblem : NO_PROBLEM,
  };
}

/** The value of {@link readJson}. @throws InvalidEventError as it does. */
export function parseJson(bytes: Uint8Array, limits?: JsonLimits): unknown {
  return readJson(jsonPart(bytes), limits).value;
}

/** Why a text cannot be kept as it is by PostgreSQL and every other system; undefined when it can. */
export function characterProblem(text: string): string | undefined {
  if (text.includes('\u0000')) {
    return 'has a NUL in it, which PostgreSQL cannot store';
  }
  return text.isWellFormed()
    ? undefined
    : 'has half a surrogate pair in it, which is not Unicode text';
}

/** The first text, or name of a property, that {@link characterProblem} finds. */
function unicodeProblem(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') {
    const problem = characterProblem(value);
    return problem && `${path.slice(0, 2 * MAX_PATH)} ${problem}`;
  }
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const shortPath = path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path;
  for (const [name, inner] of Object.entries(value)) {
    const wrongName = characterProblem(name);
    const problem = wrongName
      ? `a name in ${shortPath} ${wrongName}`
      : unicodeProblem(inner, `${shortPath}/${name.slice(0, MAX_PATH)}`);
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}

function notJson(): InvalidEventError {
  return new InvalidEventError('the body is not JSON in UTF-8');
}

/** The name that a JSON text is; most have no escapes, and need no parser. */
function nameIn(text: Uint8Array): string {
  return text.includes(BACKSLASH)
    ? (parseJson(text) as string)
    : Buffer.from(text.buffer, text.byteOffset + 1, text.length - 2).toString();
}

/** Steps through a JSON text once, without building its values. It trusts that the text is JSON. */
export class JsonCursor {
  public constructor(
    private readonly bytes: Uint8Array,
    private at = 0,
  ) {}

  /** The next byte that is not white space, without taking it. */
  #peek(): number | undefined {
    while (this.at < this.bytes.length && this.bytes[this.at]! <= 0x20) {
      this.at++;
    }
    return this.bytes[this.at];
  }

  /** Takes a byte. @throws InvalidEventError when the next byte is a different one. */
  #expect(byte: number): void {
    if (this.#peek() !== byte) {
      throw notJson();
    }
    this.at++;
  }

  /** Takes a value. */
  public value(): JsonPart {
    this.#peek();
    const part = partFrom(this.bytes, this.at, false);
    if (part.bytes.length === 0) {
      throw notJson();
    }
    this.at += part.bytes.length;
    return part;
  }

  /** Takes what is separated by commas up to a closing bracket. */
  #items(open: number, close: number, item: () => void): void {
    this.#expect(open);
    if (this.#peek() === close) {
      this.at++;
      return;
    }
    for (let items = 1; ; items++) {
      if (items > MAX_ITEMS) {
        throw new InvalidEventError(`the JSON has more than ${MAX_ITEMS} entries`);
      }
      item();
      if (this.#peek() !== COMMA) {
        break;
      }
      this.at++;
    }
    this.#expect(close);
  }

  /** Whether an array is next; then its elements are taken, each by `element`. */
  public array(element: () => void): boolean {
    const isNext = this.#peek() === OPEN_ARRAY;
    if (isNext) {
      this.#items(OPEN_ARRAY, CLOSE_ARRAY, element);
    }
    return isNext;
  }

  /** Whether an object is next; then its members are taken, the value of each by `member`. */
  public object(member: (name: string) => void): boolean {
    const isNext = this.#peek() === OPEN_OBJECT;
    if (isNext) {
      this.#items(OPEN_OBJECT, CLOSE_OBJECT, () => {
        this.#peek();
        const start = this.at;
        this.#expect(QUOTE);
        this.at = endOfString(this.bytes, this.at) + 1;
        const name = nameIn(this.bytes.subarray(start, this.at));
        this.#expect(COLON);
        member(name);
      });
    }
    return isNext;
  }
}
